"""The development gateway: mail becomes a file, named for its message: a second attempt of one message is the same file."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from services.notify.adapters.gateways.mail import BAD_MAIL, mail_of, unwritable
from services.notify.adapters.gateways.port import Away, Outgoing
from services.notify.domain.message import Result, Verdict
from services.notify.settings import NotifySettings


@dataclass
class FolderGateway:
    settings: NotifySettings

    async def open(self) -> None:
        try:
            self.settings.mail_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Away(str(error)) from error

    async def deliver(self, outgoing: Outgoing) -> Result:
        try:
            mail = mail_of(outgoing, self.settings.mail_sender, self.settings.mail_domain)
        except BAD_MAIL as error:
            return Result(Verdict.REFUSED, unwritable(error))
        await self.open()
        try:
            await asyncio.to_thread(_write, self.settings.mail_folder / f"{outgoing.message}.eml", mail)
        except OSError as error:
            raise Away(str(error)) from error
        return Result(Verdict.ACCEPTED)

    async def close(self) -> None:
        """Nothing is held."""


def _write(file: Path, mail: bytes) -> None:
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(mail)
    part.replace(file)
