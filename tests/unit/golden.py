#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# golden.py: the golden vectors of test_form.c, computed from docs/canonical.md alone; it knows nothing of the C code.
# Run it and compare: python3 golden.py
import hashlib
import hmac
import struct


def part(tag, data):
    return struct.pack(">HI", tag, len(data)) + data


def text(tag, value):
    return part(tag, value.encode()) if value else b""


def number(tag, value):
    return part(tag, struct.pack(">q", value)) if value else b""


def begin(domain, salt=""):
    return domain.encode() + b"\0" + text(0, salt)


def digest(form, key=None):
    made = hmac.new(key, form, hashlib.sha256) if key else hashlib.sha256(form)
    return "1:" + made.hexdigest()


FILE = (text(1, "f1") + text(2, "scan") + text(3, "upper.stl") + text(4, "model/stl") + part(5, struct.pack(">q", 0))
        + text(6, "ab" * 32) + text(7, "s3://bucket/upper.stl"))
FILE_OF_UNKNOWN_SIZE = text(1, "f2") + text(2, "image")

SERVICE = (text(1, "s1") + text(2, "crown") + text(3, "Krone") + text(4, "zirconia") + text(5, "A2")
           + text(6, "11") + text(6, "12") + number(7, 2) + text(8, "thin\nedge") + text(9, "2026-03-20"))
SERVICE_OF_DEFAULTS = text(1, "s2")   # quantity 1 is left out

ANSWER = text(1, "q1") + text(2, "s1") + text(3, "Bite?") + text(4, "open") + number(5, 1)

FIELDS = (text(1, "NC-1042") + text(2, "Ann Größe") + text(3, "p-1") + text(4, "1980-05-01") + text(5, "female")
          + text(6, "d-7") + text(7, "Dr. Who") + text(8, "who@clinic.example") + text(9, "North Clinic") + text(10, "desk@clinic.example")
          + text(11, "Please call.") + text(12, "digital_upload") + text(13, "2026-03-16") + text(14, "case-0")
          + part(15, SERVICE) + part(15, SERVICE_OF_DEFAULTS) + part(16, ANSWER)
          + part(17, FILE) + part(17, FILE_OF_UNKNOWN_SIZE))

LABEL_EN = text(1, "en") + text(2, "No capacity")
LABEL_DE = text(1, "de") + text(2, "Keine Kapazität")
SALT = "00112233445566778899aabbccddeeff"

TEXTS = begin("casegate text 1", SALT) + text(1, "Sorry.") + part(2, FILE)

EVENT = (text(1, "case-1") + text(2, "clinic-1") + text(3, "lab-1") + text(4, "intake") + number(5, 1) + number(6, 3)
         + number(7, 1772438400000000) + text(8, "u-1") + number(9, 3) + text(10, "lab-1") + number(11, 5)
         + number(12, 2) + number(13, 4) + number(14, 1) + number(15, 1) + text(16, "no_capacity") + part(17, LABEL_EN) + part(17, LABEL_DE)
         + text(18, digest(TEXTS)) + text(19, "due") + text(19, "services[s1]") + text(20, "r-1") + text(21, "1:" + "1" * 64)
         + text(22, digest(begin("casegate content 1", SALT) + FIELDS)) + text(23, "default"))

# The example of docs/canonical.md.
EXAMPLE = text(2, "Ann") + text(13, "2026-03-16") + part(15, text(1, "s1") + text(2, "crown") + text(6, "11"))

if __name__ == "__main__":
    example = begin("casegate content 1") + EXAMPLE
    print("example_form", example.hex())
    print("example_digest", digest(example))
    print("example_salted", digest(begin("casegate content 1", SALT) + EXAMPLE))
    print("empty_content", digest(begin("casegate content 1")))
    print("content_size", len(begin("casegate content 1") + FIELDS))
    print("content", digest(begin("casegate content 1") + FIELDS))
    print("content_salted", digest(begin("casegate content 1", SALT) + FIELDS))
    print("texts", digest(TEXTS))
    print("event", digest(begin("casegate event 1") + EVENT))
    print("event_second", digest(begin("casegate event 1") + EVENT + text(25, "1:" + "2" * 64)))
    keyed = begin("casegate event 1") + EVENT + text(24, "key-1")
    print("event_keyed", digest(keyed, b"a secret"))
