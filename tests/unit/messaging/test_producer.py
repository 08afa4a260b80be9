"""What the relay's producer makes of records before they leave."""

from messaging.producer import Producer


async def test_batches_are_compressed() -> None:
    """Events of one kind resemble one another: thirty take less than a third of their bytes."""
    producer = Producer("127.0.0.1:9")
    builder = producer.create_batch()
    values = [b'{"unit": {"id": "u-%d", "name": "Trung t\xc3\xa2m"}, "fee": 0}' % number for number in range(30)]
    for value in values:
        assert builder.append(timestamp=None, key=b"d", value=value, headers=[]) is not None
    assert len(builder._build()) < sum(map(len, values)) / 3
    await producer.give_up()
