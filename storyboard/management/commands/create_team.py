"""manage.py create_team NAME EMAIL: the first team of an own, empty installation."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from storyboard.models import Team, User
from storyboard.models.set_password import set_password_path

LONGEST_NAME = 80


class Command(BaseCommand):
    help = (
        "Make a team and its owner, and print a one-time link to set the owner's password. "
        "A person who is there already is reused. GREENLIGHT_PASSWORD in the environment sets "
        "a new person's password at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the team's name")
        parser.add_argument("email", help="the owner's e-mail address")
        parser.add_argument("--person-name", default="", help="the owner's name as others see it")

    def handle(self, *, name: str, email: str, person_name: str, **options: Any) -> None:
        _check(name, email, person_name)
        password = os.environ.get("GREENLIGHT_PASSWORD", "")
        with transaction.atomic():
            owner = _person(email, person_name, password)
            team = Team.start(name.strip(), owner=owner)
        self.stdout.write(f"The team {team} is made, with key {team.key}.")
        self.stdout.write(f"Its owner is {owner}, who signs in as {owner.email}.")
        if owner.has_usable_password():
            self.stdout.write(f"Sign in: {_base()}{reverse(settings.LOGIN_URL)}")
        else:
            self.stdout.write("Set the password here, once, within seven days:")
            self.stdout.write(f"{_base()}{set_password_path(owner)}")


def _check(name: str, email: str, person_name: str) -> None:
    if not name.strip():
        raise CommandError("The team needs a name. Nothing was made.")
    if max(len(name), len(person_name)) > LONGEST_NAME:
        raise CommandError(f"A name has {LONGEST_NAME} characters at most. Nothing was made.")
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(f"{email} is not an e-mail address. Nothing was made.") from None


def _person(email: str, name: str, password: str) -> User:
    """Whoever has this address, else a new person; a password there is never replaced."""
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        person = User.objects.create_user(email, name=name or email.partition("@")[0][:80])
    if password and not person.has_usable_password():
        try:
            validate_password(password, person)
        except ValidationError as refused:
            words = " ".join(refused.messages)
            raise CommandError(f"GREENLIGHT_PASSWORD: {words} Nothing was made.") from None
        person.set_password(password)
        person.save(update_fields=["password"])
    return person


def _base() -> str:
    return (settings.PUBLIC_URL or "http://localhost:8000").rstrip("/")
