"""Every route of the desk that changes something, and what a program has instead: the deeds of `api.screens`, which run
the screen itself; operations of our own; or the reason why there is none."""

from __future__ import annotations

# Screens whose deed has an operation of its own, because the answer is not a page.
OURS = {
    "ambassadors:invite": "invite_ambassador",
    "calendar:count": "publication",
    "calendar:make_feed": "make_calendar_feed",
    "exports:make_link": "make_view_feed",
    "exports:named": "view_posts",
    "hooks:fresh": "add_webhook",
    "hooks:rotate": "rotate_secret",
    "inbox:act": "act_on_case",
    "inbox:many": "act_on_cases",
    "inbox:note": "note_on_case",
    "inbox:open": "open_case",
    "panel:check": "lint",
    "panel:convert": "convert_query",
    "panel:new": "add_watch",
    "panel:preview": "preview",
    "panel:retire": "remove_watch",
    "panel:set_state": "change_watch",
    "panel:watch": "change_watch",
    "promises:give_link": "make_promise_page",
    "promises:settle": "settle_promise",
    "replies:write": "draft_reply",
    "reports:alert_test": "try_alert",
    "workspaces:invite": "invite",
}

BROWSER = "of the browser: how a page looks to whoever sits before it"
SESSION = "of the session: a program has a token, and no session"
PIECES = "a large file travels in pieces from a browser: a program has send_file, and the command palabre import"
WIZARD = "the first steps of somebody who begins: a program has add_watch, add_source and add_feeds for them"
HUMAN = "touches a person or the public: a human does it, from the desk"
THEIRS = "an address that is its own key, for somebody or something outside the house"

WHY_NOT = {
    "ambassadors:answer": THEIRS,
    "calendar:delete_sent": HUMAN,
    "calendar:edit_sent": HUMAN,
    "design:language": BROWSER,
    "design:theme": BROWSER,
    "imports:begin": PIECES,
    "imports:piece": PIECES,
    "inbound:webhook": THEIRS,
    "inbound:webmention": THEIRS,
    "inbound:websub": THEIRS,
    "inbox:lock": "says that somebody writes at this moment: a program writes in one call",
    "inbox:presence": "says that somebody looks at this moment",
    "outbox:settle": "what a human found on the platform; “not there” would send again",
    "panel:finish": WIZARD,
    "panel:sample": WIZARD,
    "panel:skip": WIZARD,
    "panel:sources": WIZARD,
    "panel:start": WIZARD,
    "replies:correct": HUMAN,
    "today:stop": THEIRS,
    "workspaces:account": SESSION,
    "workspaces:invitation": SESSION,
    "workspaces:password": SESSION,
    "workspaces:sign_in": SESSION,
    "workspaces:sign_out": SESSION,
    "workspaces:tokens": "a person makes a token: a program that could would give itself more rights",
}
