"""Every failure that a user can meet. The class docstring is the message; fields fill it in.

A line break in a docstring is a blank in the message; one in a field is the user's own.
"""

from __future__ import annotations


class UserError(Exception):
    """{message}"""

    exit_code = 1
    status = 422
    """The HTTP status with which the API answers."""
    id = "invalid_params"
    """The Platform API's error id. Source: Dev Center, platform-api-reference, error responses."""

    def __init__(self, message: str = "", **fields: object) -> None:
        self.fields = {"message": message, **fields}
        super().__init__(message)

    def __str__(self) -> str:
        template = " ".join((type(self).__doc__ or "{message}").split())
        return template.format(**self.fields)


class UsageError(UserError):
    """{message}"""

    exit_code = 2


class ProcfileError(UserError):
    """{message}"""


class EnvFileError(UserError):
    """{message}"""


class FormationError(UserError):
    """{message}"""


class NotAChange(FormationError):
    """{message}"""

    exit_code = 2


class AppJsonError(UserError):
    """{message}"""


class NoSuchFile(UserError):
    """{path}: no such file. {hint}"""

    def __init__(self, path: str, hint: str) -> None:
        super().__init__(path=path, hint=hint)


class FolderDeleted(UserError):
    """the current folder was deleted; cd to another one"""


class NotFound(UserError):
    """{message}"""

    status = 404
    id = "not_found"
