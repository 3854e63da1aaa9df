"""Every address of the product, grouped by screen: the table of contents."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from storyboard.views import (
    callbacks,
    health,
    history,
    home,
    library,
    members,
    notes,
    person,
    projects,
    revisions,
    shots,
    storyboards,
    takes,
)

urlpatterns = [
    # Home
    path("", home.show, name="home"),
    # Signing in, and one's own account
    path("accounts/login/", allauth_views.login, name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/signup/", allauth_views.signup, name="account_signup"),
    path(
        "accounts/password/change/", allauth_views.password_change, name="account_change_password"
    ),
    path("accounts/password/set/", allauth_views.password_set, name="account_set_password"),
    path("accounts/password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path(
        "accounts/password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("settings/", person.settings, name="account_settings"),
    # Team
    path("teams/<str:key>/members/", members.show, name="members"),
    path("teams/<str:key>/members/add/", members.add, name="add_member"),
    path("members/<str:key>/role/", members.change_role, name="change_role"),
    path("members/<str:key>/remove/", members.remove, name="remove_member"),
    path("members/<str:key>/link/", members.new_link, name="member_link"),
    path("teams/<str:key>/library/", library.show, name="library"),
    path("teams/<str:key>/library/elements/", library.add_element, name="add_element"),
    path("teams/<str:key>/library/voices/", library.add_voice, name="add_voice"),
    path("elements/<str:key>/remove/", library.remove_element, name="remove_element"),
    path("voices/<str:key>/remove/", library.remove_voice, name="remove_voice"),
    # Project
    path("teams/<str:key>/projects/new/", projects.new, name="new_project"),
    path("projects/<str:key>/", projects.show, name="project"),
    path("projects/<str:key>/settings/", projects.settings, name="project_settings"),
    path("projects/<str:key>/archive/", projects.archive, name="archive_project"),
    path("projects/<str:key>/restore/", projects.restore, name="restore_project"),
    path("projects/<str:key>/history/", history.show, name="project_history"),
    path("projects/<str:key>/pulse/", projects.pulse, name="project_pulse"),
    # Storyboard: the draft
    path("projects/<str:key>/storyboards/new/", storyboards.new, name="new_storyboard"),
    path("storyboards/<str:key>/", storyboards.show, name="storyboard"),
    path("storyboards/<str:key>/pulse/", storyboards.pulse, name="storyboard_pulse"),
    path("storyboards/<str:key>/settings/", storyboards.rewrite, name="rewrite_storyboard"),
    path("storyboards/<str:key>/total/", storyboards.make_total, name="make_total"),
    path("storyboards/<str:key>/first-frame/", storyboards.set_first_frame, name="first_frame"),
    path(
        "storyboards/<str:key>/first-frame/remove/",
        storyboards.remove_first_frame,
        name="remove_first_frame",
    ),
    path("storyboards/<str:key>/library/", storyboards.attach, name="attach"),
    path("storyboards/<str:key>/rename/", storyboards.rename, name="rename_storyboard"),
    path("storyboards/<str:key>/archive/", storyboards.archive, name="archive_storyboard"),
    path("storyboards/<str:key>/restore/", storyboards.restore, name="restore_storyboard"),
    path("storyboards/<str:key>/delete/", storyboards.delete, name="delete_storyboard"),
    path("storyboards/<str:key>/send/", storyboards.send, name="send_for_review"),
    path("storyboards/<str:key>/shots/", shots.add, name="add_shot"),
    path("shots/<str:key>/", shots.rewrite, name="rewrite_shot"),
    path("shots/<str:key>/move/", shots.move, name="move_shot"),
    path("shots/<str:key>/remove/", shots.remove, name="remove_shot"),
    path("pictures/<str:key>/", storyboards.picture, name="picture"),
    # Revision: frozen, decided, ordered
    path("revisions/<str:key>/", revisions.show, name="revision"),
    path("revisions/<str:key>/pulse/", revisions.pulse, name="revision_pulse"),
    path("revisions/<str:key>/approve/", revisions.approve, name="approve"),
    path("revisions/<str:key>/changes/", revisions.request_changes, name="request_changes"),
    path("revisions/<str:key>/withdraw/", revisions.withdraw, name="withdraw_revision"),
    path("revisions/<str:key>/generate/", revisions.generate, name="generate"),
    path("generations/<str:key>/withdraw/", revisions.withdraw_order, name="withdraw_order"),
    path("generations/<str:key>/release/", revisions.release, name="release"),
    # Take
    path("takes/<str:key>/", takes.show, name="take"),
    path("takes/<str:key>/pulse/", takes.pulse, name="take_pulse"),
    path("takes/<str:key>/pick/", takes.pick, name="pick"),
    path("takes/<str:key>/video/", takes.video, name="take_video"),
    path("takes/<str:key>/download/", takes.download, name="take_download"),
    path("takes/<str:key>/poster/", takes.poster, name="take_poster"),
    path("takes/<str:key>/filmstrip/", takes.filmstrip, name="take_filmstrip"),
    path("takes/<str:key>/stills/<int:position>/", takes.still, name="take_still"),
    path("takes/<str:key>/notes/", notes.add, name="add_note"),
    path("notes/<str:key>/resolve/", notes.resolve, name="resolve_note"),
    path("notes/<str:key>/reopen/", notes.reopen, name="reopen_note"),
    # Machines
    path("callbacks/kling/<str:token>/", callbacks.kling, name="kling_callback"),
    path("callbacks/kling/<str:token>", callbacks.kling, name="kling_callback_bare"),
    path("healthz", health.healthz, name="healthz"),
]
