"""A server speaking Kling's wire: it judges, takes orders, keeps a ledger and renders films.

It is an independent witness: it speaks the official dialect and those of two gateways, and its
rules are its own tables written from their documents. Unless it is told to keep to the capability
map too, only what a document says is an error. It imports none of the modules it judges.
"""
