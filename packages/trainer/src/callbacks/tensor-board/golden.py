"""Writes golden.json: events and records as TensorBoard's own code writes them. pip install tensorboard==2.21.0; python golden.py"""

import io
import json
import pathlib

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c, masked_crc32c
from tensorboard.summary.writer.record_writer import RecordWriter

EVENTS = [
    Event(wall_time=1700000000.5, file_version="brain.Event:2"),
    Event(wall_time=1700000000.5, step=101, session_log=SessionLog(status=SessionLog.START)),
    Event(
        wall_time=1700000001.25,
        step=300,
        summary=Summary(
            value=[
                Summary.Value(tag="step/loss", simple_value=0.1),
                Summary.Value(tag="step/gradientNorm", simple_value=-2.5),
                Summary.Value(tag="é" * 80, simple_value=float("nan")),
            ]
        ),
    ),
    Event(wall_time=1.0, step=2**40, summary=Summary(value=[Summary.Value(tag="zero", simple_value=0.0)])),
]

TEXTS = [b"", b"a", b"123456789", bytes(32), bytes([255] * 32), bytes(range(32))]


def record(data: bytes) -> str:
    buffer = io.BytesIO()
    RecordWriter(buffer).write(data)
    return buffer.getvalue().hex()


golden = {
    "crc32c": [{"bytes": text.hex(), "crc": crc32c(text), "masked": masked_crc32c(text)} for text in TEXTS],
    "events": [event.SerializeToString().hex() for event in EVENTS],
    "records": [record(event.SerializeToString()) for event in EVENTS],
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(golden, indent=1) + "\n")
