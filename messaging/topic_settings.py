"""Topics that have fewer copies or other settings than declared: what that means, for an operator. They are used as they are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicThere:
    """As the brokers have it. `copies`: of the partition that has the fewest."""

    partitions: int
    copies: int
    settings: Mapping[str, str] = field(default_factory=dict)


async def topics_there(admin: AIOKafkaAdminClient, names: Collection[str]) -> dict[str, TopicThere]:
    """Those of these that exist. Raises KafkaError."""
    described = [topic for topic in await admin.describe_topics() if topic["topic"] in names and topic["partitions"]]
    settings = await _settings(admin, [topic["topic"] for topic in described])
    return {
        topic["topic"]: TopicThere(
            partitions=len(topic["partitions"]),
            copies=min(len(partition["replicas"]) for partition in topic["partitions"]),
            settings=settings.get(topic["topic"], {}),
        )
        for topic in described
    }


async def _settings(admin: AIOKafkaAdminClient, names: Collection[str]) -> dict[str, dict[str, str]]:
    """By topic; none of one that was deleted a moment ago."""
    if not names:
        return {}
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    resources = (resource for answer in answers for resource in answer.resources)
    return {name: {entry[0]: entry[1] for entry in entries} for _, _, _, name, entries in resources}


def settings_warnings(wanted: Mapping[str, Topic], there: Mapping[str, TopicThere], copies: int) -> list[str]:
    """`copies`: how many each is to have."""
    return [warning for name, topic in there.items() for warning in _warnings_of(name, wanted[name], topic, copies)]


def _warnings_of(name: str, declared: Topic, there: TopicThere, copies: int) -> list[str]:
    warnings = []
    if there.copies < copies:
        warnings.append(f"{name}: its copies are {there.copies} and should be {copies}: a lost broker may take records with it")
    for setting, value in declared.config(there.copies).items():
        if there.settings.get(setting, value) != value:
            warnings.append(f"{name}: {setting} is set to {there.settings[setting]}, declared is {value}")
    return warnings
