"""What a refused form has in common."""

from django import forms


def complaints_of(form: forms.BaseForm) -> list[str]:
    """Every error in words."""
    return [str(words) for errors in form.errors.values() for words in errors]


def focus_first_error(form: forms.BaseForm) -> None:
    """Put the caret into the first field with an error, so that its words are in sight."""
    for name, field in form.fields.items():
        if name in form.errors:
            field.widget.attrs["autofocus"] = True
            return
