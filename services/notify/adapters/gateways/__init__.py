"""The gateways, one per channel and way. Which one a process uses is set by `MOTCUA_MAIL_GATEWAY`."""

from services.notify.adapters.gateways.folder import FolderGateway
from services.notify.adapters.gateways.port import Gateway
from services.notify.adapters.gateways.smtp import SmtpGateway
from services.notify.settings import NotifySettings


def gateway_of(settings: NotifySettings) -> Gateway:
    return FolderGateway(settings) if settings.mail_gateway == "folder" else SmtpGateway(settings)
