"""A server speaking Kling's wire: it judges, takes orders, keeps a ledger and renders films.

It is an independent witness. Its rules are its own table written from Kling's documents, in the
reading where only what a document says is an error; it imports none of the modules it judges.
"""
