"""The address book: persons who agreed, as cards on a server of the house (CardDAV)."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class AddressBookConfig(AppConfig):
    name = "palabre.desk.addressbook"
    label = "addressbook"
    doors = (Door(room="people", title="addressbook.title", route="addressbook:index", needs="manager", rank=40),)
