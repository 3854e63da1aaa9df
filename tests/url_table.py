"""Every address of the product and what it answers to whom: the table `test_urls.py` walks.

`get` and `post`: the status for a person whose role allows it, and the roles that do (o owner,
p producer, a author, r reviewer); everybody else in the team gets 403. None: the method is 405.
What a person cannot see, of another team or not there at all, is 404 to every signed-in person.
Nobody signed in is sent to the sign-in page (302), unless `open_get` or `open_post` say otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

Answer = tuple[int, str]
ALL = "opar"
MAKERS = "opa"
DECIDERS = "opr"
LEADERS = "op"


class Url(NamedTuple):
    """`noun` is what the key is a key of; `file` answers with a stored film or picture."""

    noun: str = ""
    get: Answer | None = None
    post: Answer | None = None
    data: dict[str, str] = {}
    more: dict[str, str | int] = {}
    open_get: int | None = None
    open_post: int | None = None
    file: bool = False


PAGE: Answer = (200, ALL)
FOUND = 302

TABLE: dict[str, Url] = {
    "home": Url(get=PAGE),
    "palette": Url(get=PAGE),
    # Signing in: django-allauth's own answers
    "account_login": Url(get=(302, ALL), post=(302, ALL), open_get=200, open_post=200),
    "account_logout": Url(get=PAGE, post=(302, ALL)),
    "account_signup": Url(get=(302, ALL), post=(302, ALL), open_get=200, open_post=200),
    "account_change_password": Url(get=PAGE, post=PAGE),
    "account_set_password": Url(get=(302, ALL), post=(302, ALL)),
    "account_reset_password": Url(get=PAGE, post=PAGE, open_get=200, open_post=200),
    "account_reset_password_done": Url(get=PAGE, open_get=200),
    "account_reset_password_from_key": Url(
        get=PAGE, post=PAGE, open_get=200, open_post=200, more={"uidb36": "1", "key": "no-key"}
    ),
    "account_reset_password_from_key_done": Url(get=PAGE, open_get=200),
    "account_settings": Url(get=PAGE, post=(302, ALL), data={"name": "Xe", "theme": "light"}),
    # Team
    "members": Url("team", get=PAGE),
    "members_pulse": Url("team", get=PAGE),
    "add_member": Url("team", post=(302, "o"), data={"email": "new@example.com", "role": "author"}),
    "change_role": Url("membership", post=(302, "o"), data={"role": "producer"}),
    "remove_member": Url("membership", post=(302, "o")),
    "member_link": Url("newcomer", post=(302, "o")),
    "callbacks": Url("team", get=(200, "o")),
    "health": Url("team", get=(200, "o")),
    "health_pulse": Url("team", get=(200, "o")),
    "library": Url("team", get=PAGE),
    "library_pulse": Url("team", get=PAGE),
    # Library
    "new_element": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "new_element_video": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "know_element": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "element_presets": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "element_picture": Url("team", post=(422, MAKERS), more={"slot": "frontal"}),
    "know_voice": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "voice_presets": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "read_presets": Url("team", post=(302, MAKERS), more={"kind": "element"}),
    "presets_pulse": Url("team", get=(200, MAKERS), more={"kind": "voice"}),
    "element": Url("element", get=PAGE),
    "element_pulse": Url("element", get=PAGE),
    "change_element": Url("element", get=(200, MAKERS), post=(422, MAKERS)),
    "create_element": Url("element", post=(422, MAKERS)),
    "use_element": Url("element", get=(200, MAKERS), post=(404, MAKERS)),
    "remove_element": Url("element", get=(200, MAKERS), post=(302, MAKERS)),
    "voice": Url("voice", get=PAGE),
    "voice_pulse": Url("voice", get=PAGE),
    "rewrite_voice": Url("voice", post=(302, MAKERS), data={"name": "Radio", "tags": "low"}),
    "create_voice": Url("voice", post=(422, MAKERS)),
    "use_voice": Url("voice", get=(200, MAKERS), post=(404, MAKERS)),
    "remove_voice": Url("voice", get=(200, MAKERS), post=(302, MAKERS)),
    "new_voice": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "voice_from_take": Url("team", get=(200, MAKERS), post=(422, MAKERS)),
    "voice_recording": Url("recorded", get=PAGE, file=True),
    "voice_trial": Url("recorded", get=PAGE, file=True),
    "element_video": Url("filmed", get=PAGE, more={"number": 1}, file=True),
    # Account
    "accounts": Url("team", get=(200, "o")),
    "accounts_pulse": Url("team", get=(200, "o")),
    "new_account": Url(
        "team",
        get=(200, "o"),
        post=(302, "o"),
        data={"name": "Second", "profile": "official", "api_key": "k-1", "slots": "5"},
    ),
    "account": Url("account", get=(200, "o")),
    "account_state": Url("account", get=(200, "o")),
    "rewrite_account": Url(
        "account", post=(302, "o"), data={"name": "Main", "slots": "3", "reading": "map"}
    ),
    "replace_key": Url("account", post=(302, "o"), data={"auth": "key", "api_key": "k-2"}),
    "webhook_secret": Url("account", post=(302, "o"), data={"webhook_secret": "whsec_" + "A" * 32}),
    "remove_webhook_secret": Url("account", post=(302, "o")),
    "try_account": Url("account", post=(302, "o")),
    "switch_off_account": Url("account", post=(302, "o")),
    "switch_on_account": Url("account", post=(302, "o")),
    "resume_account": Url("account", post=(302, "o")),
    "default_account": Url("account", post=(302, "o")),
    "remove_account": Url("account", post=(302, "o")),
    # Project
    "new_project": Url("team", get=(200, MAKERS), post=(302, MAKERS), data={"name": "Second"}),
    "project": Url("project", get=PAGE),
    "project_settings": Url(
        "project", get=(200, LEADERS), post=(302, LEADERS), data={"name": "Renamed"}
    ),
    "archive_project": Url("project", post=(302, LEADERS)),
    "restore_project": Url("project", post=(302, LEADERS)),
    "project_history": Url("project", get=PAGE),
    "project_pulse": Url("project", get=PAGE),
    "project_presence": Url("project", post=(200, ALL)),
    "history_presence": Url("project", post=(200, ALL)),
    # Storyboard
    "new_storyboard": Url("project", get=(200, MAKERS), post=(302, MAKERS), data={"name": "New"}),
    "storyboard": Url("storyboard", get=PAGE),
    "storyboard_pulse": Url("storyboard", get=PAGE),
    "storyboard_presence": Url("storyboard", post=(200, ALL)),
    "rewrite_storyboard": Url("storyboard", post=(302, MAKERS), data={"mode": "pro"}),
    "make_total": Url("storyboard", post=(302, MAKERS)),
    "retime": Url("storyboard", post=(302, MAKERS), data={"spread": "1"}),
    "first_frame": Url("storyboard", post=(422, MAKERS)),
    "remove_first_frame": Url("storyboard", post=(302, MAKERS)),
    "end_frame": Url("storyboard", post=(422, MAKERS)),
    "remove_end_frame": Url("storyboard", post=(302, MAKERS)),
    "swap_frames": Url("storyboard", post=(302, MAKERS)),
    "attach": Url("storyboard", post=(422, MAKERS)),
    "take_off": Url("storyboard", post=(302, MAKERS), data={"kind": "element"}),
    "brush": Url("storyboard", get=(200, MAKERS), post=(302, MAKERS)),
    "remove_brush": Url("storyboard", post=(302, MAKERS)),
    "camera": Url("storyboard", get=(200, MAKERS), post=(302, MAKERS), data={"kind": "down_back"}),
    "storyboard_preview": Url("storyboard", get=(302, ALL), post=(302, ALL)),
    "rename_storyboard": Url("storyboard", post=(302, MAKERS), data={"name": "Renamed"}),
    "duplicate_storyboard": Url("storyboard", get=(200, MAKERS), post=(422, MAKERS)),
    "import_storyboard": Url("storyboard", get=(200, MAKERS), post=(422, MAKERS)),
    "import_into_project": Url("project", get=(200, MAKERS), post=(422, MAKERS)),
    "export_storyboard": Url("storyboard", get=PAGE),
    "draft_wire": Url("storyboard", get=PAGE),
    "draft_difference": Url("storyboard", get=(302, ALL)),
    "archive_storyboard": Url("storyboard", post=(302, MAKERS)),
    "restore_storyboard": Url("storyboard", post=(302, MAKERS)),
    "delete_storyboard": Url("storyboard", post=(302, MAKERS)),
    "changes_to_make": Url("storyboard", get=PAGE),
    "send_for_review": Url("storyboard", post=(302, MAKERS), data={"takes": "1"}),
    "undo": Url("storyboard", post=(302, MAKERS)),
    "redo": Url("storyboard", post=(302, MAKERS)),
    "add_shot": Url("storyboard", post=(302, MAKERS)),
    "rewrite_shot": Url("shot", post=(302, MAKERS), data={"prompt": "Else"}),
    "continue_shot": Url("shot", post=(422, MAKERS)),
    "move_shot": Url("shot", post=(302, MAKERS), data={"where": "later"}),
    "remove_shot": Url("shot", post=(302, MAKERS)),
    "duplicate_shot": Url("shot", post=(302, MAKERS)),
    "shot_picture": Url("shot", post=(422, MAKERS)),
    "remove_shot_picture": Url("shot", post=(302, MAKERS)),
    "start_with": Url("shot", post=(422, MAKERS)),
    "mask": Url("mask", get=PAGE, file=True),
    "picture": Url("picture", get=PAGE, file=True),
    "small_picture": Url("picture", get=PAGE, file=True),
    "choose_picture": Url("team", get=(302, MAKERS)),
    # Revision
    "revision": Url("revision", get=PAGE),
    "revision_pulse": Url("revision", get=PAGE),
    "revision_presence": Url("revision", post=(200, ALL)),
    "revision_preview": Url("revision", get=(302, ALL), post=(302, ALL)),
    "animatic_video": Url("animatic", get=PAGE, file=True),
    "revision_wire": Url("revision", get=PAGE),
    "export_revision": Url("revision", get=PAGE),
    "approve": Url("revision", post=(302, DECIDERS)),
    "request_changes": Url("revision", post=(302, DECIDERS), data={"note": "Closer."}),
    "withdraw_revision": Url("revision", post=(302, MAKERS)),
    "generate": Url("approved", post=(302, MAKERS)),
    "withdraw_order": Url("queued", post=(302, MAKERS)),
    "release": Url("held", post=(302, LEADERS)),
    "give_up": Url("held", post=(302, LEADERS)),
    # Take
    "take": Url("take", get=PAGE),
    "take_pulse": Url("take", get=PAGE),
    "take_presence": Url("take", post=(200, ALL)),
    "take_facts": Url("take", get=PAGE),
    "approve_take": Url("take", post=(302, DECIDERS)),
    "request_take_changes": Url("take", post=(302, DECIDERS), data={"words": "Closer."}),
    "take_back_decision": Url("take", post=(302, DECIDERS)),
    "redo_shots": Url("take", post=(422, MAKERS)),
    "judge_shot": Url("take", post=(422, DECIDERS), more={"shot": "none"}),
    "unjudge_shot": Url("take", post=(302, DECIDERS), more={"shot": "none"}),
    "pick": Url("take", post=(302, LEADERS)),
    "take_video": Url("take", get=PAGE, file=True),
    "take_download": Url("take", get=PAGE, file=True),
    "take_poster": Url("take", get=PAGE, file=True),
    "take_filmstrip": Url("take", get=PAGE, file=True),
    "take_frame": Url("take", post=(302, MAKERS)),
    "save_frame": Url("take", get=PAGE, file=True),
    "take_still": Url("take", get=PAGE, more={"position": 1}, file=True),
    "add_note": Url("take", post=(302, ALL), data={"text": "Good.", "at_ms": "0"}),
    "reply_to_note": Url("note", post=(302, ALL), data={"text": "Yes."}),
    "edit_note": Url("note", post=(302, "r"), data={"text": "Closer still."}),  # its own
    "note_wordings": Url("note", get=PAGE),
    "remove_note": Url("note", post=(302, DECIDERS)),  # a reviewer's own, and leaders
    "show_note": Url("note", post=(302, DECIDERS)),  # as above
    "hide_note": Url("note", post=(302, DECIDERS)),
    "resolve_note": Url("note", post=(302, ALL)),
    "reopen_note": Url("note", post=(302, ALL)),
    "answer_note": Url("note", get=(200, MAKERS), post=(422, MAKERS)),
    "take_back_answer": Url("note", post=(302, MAKERS)),
    "want_note": Url("note", post=(302, MAKERS)),
    "unwant_note": Url("note", post=(302, MAKERS)),
    "note_file": Url("note_file", get=PAGE, file=True),
    # Streams: only under the event loop; a script asks, so nobody is sent to sign in
    "live_project": Url("project", get=(501, ALL), open_get=401),
    "live_team": Url("team", get=(501, ALL), open_get=401),
    # Machines: no sign-in; the address is its secret
    "kling_callback": Url("token", post=(200, ALL), open_post=200),
    "kling_callback_bare": Url("token", post=(200, ALL), open_post=200),
    "lent": Url("lent", get=(200, ALL), open_get=200, more={"name": "file.png"}, file=True),
    "healthz": Url(get=PAGE, open_get=200),
    "readyz": Url(get=(503, ALL), open_get=503),
}

# Machines that speak without a browser's token; their own secret is in the address.
# Nouns whose address is its own secret, for machines, who are nobody.
SECRETS = frozenset({"token", "lent"})
NO_CSRF = frozenset({"kling_callback", "kling_callback_bare"})
