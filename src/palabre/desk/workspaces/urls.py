"""Routes at the door and in the house of a workspace."""

from __future__ import annotations

from django.urls import path

from palabre.desk.workspaces import doors, views

app_name = "workspaces"
urlpatterns = [
    path("", doors.home, name="home"),
    path("sign-in", doors.sign_in, name="sign_in"),
    path("sign-out", doors.sign_out, name="sign_out"),
    path("enter/<str:token>", doors.enter, name="enter"),
    path("invitation/<str:token>", doors.invitation, name="invitation"),
    path("account", doors.account, name="account"),
    path("account/password", doors.password, name="password"),
]
workspace_urlpatterns = [
    path("", doors.workspace, name="workspace"),
    path("members", views.members, name="members"),
    path("members/invite", views.invite, name="invite"),
    path("members/<str:uid>/role", views.change_role, name="change_role"),
    path("members/<str:uid>/remove", views.remove_member, name="remove_member"),
    path("invitations/<str:uid>/revoke", views.revoke_invitation, name="revoke_invitation"),
    path("tokens", views.token_list, name="tokens"),
    path("tokens/<str:uid>/revoke", views.revoke_token, name="revoke_token"),
    path("journal", views.journal, name="journal"),
]
