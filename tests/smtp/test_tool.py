# SPDX-License-Identifier: MIT
"""test_tool.py: from a rejection in the store to the mail server: `casegate reject` and `casegate deliver` with --smtp.

usage: test_tool.py CASEGATE SOURCE_DIR EXAMPLE_TELLING
"""
import email
import email.policy
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from server import Server, make_certificates

EXAMPLE = sys.argv.pop(3)
SOURCE = sys.argv.pop(2)
TOOL = sys.argv.pop(1)
# Of the sample case, and of what the lab says of it: patient, dentist, comment, file, what is ordered.
CANARIES = ["Lindqvist", "p-20817", "1980", "Osei", "not visible", "zirconia", "crown"]


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certs_folder = tempfile.TemporaryDirectory()
        cls.certs = make_certificates(cls.certs_folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.certs_folder.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.said = ""
        self.environment = {"PATH": os.environ["PATH"], "CASEGATE_PEOPLE": SOURCE + "/examples/people.json",
                            "CASEGATE_STORE": "sqlite:%s/cases.db" % self.folder.name}
        self.run_tool("init")

    def tearDown(self):
        self.folder.cleanup()

    def run_tool(self, *args, status=0, **environment):
        done = subprocess.run([TOOL, *args], env={**self.environment, **environment}, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.said += done.stderr
        return done.stdout if status == 0 else done.stderr

    def received(self):
        made = json.loads(self.run_tool("create", "--as", "clara", "--lab", "lab-one", "--submit", SOURCE + "/examples/cases/anterior-crowns.json",
                                        "--json"))
        return (made.get("case") or made)["id"]

    def reject(self, case, *args, **environment):
        return self.run_tool("reject", "--as", "lena", case, "--revision", "1", "--reason", "unreadable_scan", "--comment",
                             "The margin is not visible.", *args, **environment)

    def mail_notices(self):
        with sqlite3.connect(self.folder.name + "/cases.db") as db:
            return db.execute("SELECT state, last_error FROM notices WHERE channel = 'email' ORDER BY id").fetchall()

    def due_now(self):
        with sqlite3.connect(self.folder.name + "/cases.db") as db:
            db.execute("UPDATE notices SET next_us = 1 WHERE channel = 'email' AND state = 1")

    def silent(self, server):
        """No canary in any byte on the wire, in any word on stderr, in any stored error."""
        wire = b"".join(c.raw for c in server.connections).decode()
        for message in server.messages:      # and with the encodings taken off
            parsed = email.message_from_bytes(message[2], policy=email.policy.default)
            wire += "".join(part.get_content() for part in parsed.iter_parts()) + str(parsed["Subject"])
        for canary in CANARIES:
            self.assertNotIn(canary.lower(), (wire + self.said + str(self.mail_notices())).lower().replace("dan.osei@clinic-north.example", ""))

    def test_a_rejection_reaches_clinic_and_dentist_at_once_without_a_word_of_the_patient(self):   # CG-R11
        case = self.received()
        with Server("tls", self.certs["good"], login=("gate", "s3cret")) as server:
            shown = self.reject(case, "--smtp", server.url(), "--smtp-ca", self.certs["ca"], "--smtp-user", "gate", "--from",
                                "Dental Lab <cases@lab.example>", "--link", "https://portal.example/{case}", CASEGATE_SMTP_PASSWORD="s3cret")
        self.assertIn("delivered", shown)
        self.assertEqual(sorted(m[1][0] for m in server.messages), ["dan.osei@clinic-north.example", "desk@clinic-north.example"])
        self.assertEqual(len(server.connections), 1)
        for message in server.messages:
            self.assertIn(b"https://portal.example/" + case.encode()[:20], message[2].replace(b"=\r\n", b""))
        self.silent(server)

    def test_a_server_that_is_down_does_not_undo_the_decision_and_is_served_later(self):   # CG-R11
        case = self.received()
        with Server() as gone:
            url = gone.url()
        shown = self.reject(case, "--smtp", url, "--smtp-plain", "--from", "cases@lab.example")
        self.assertIn("Rejected", shown)
        self.assertEqual(self.mail_notices(), [(1, "no connection to the mail server (the greeting)")] * 2)
        self.due_now()
        with Server() as server:
            answer = json.loads(self.run_tool("deliver", "--smtp", server.url(), "--smtp-plain", "--from", "cases@lab.example", "--json"))
        self.assertEqual((answer["delivered"], answer["failed"], answer["dead"]), (2, 0, 0))
        self.assertEqual(len(server.messages), 2)
        self.silent(server)

    def test_the_example_sends_in_the_hosts_own_words(self):
        self.reject(self.received())
        with Server("tls", self.certs["good"], login=("gate", "s3cret")) as server:
            done = subprocess.run([EXAMPLE, self.folder.name + "/cases.db", server.url(), "cases@lab.example"], capture_output=True, text=True,
                                  timeout=60, env={"SMTP_USER": "gate", "SMTP_PASSWORD": "s3cret", "SMTP_CA": self.certs["ca"]})
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "delivered 2, failed 0, dead 0\n", ""))
        for message in server.messages:
            parsed = email.message_from_bytes(message[2], policy=email.policy.default)
            self.assertEqual(parsed["Subject"], "Case NC-1042: please have a look")
            self.assertEqual(parsed.get_content_type(), "text/plain")
            self.assertIn("Dental Lab One could not accept case NC-1042: Incorrect or unreadable scan files.", parsed.get_content())

    def test_a_fickle_server_loses_no_notice_and_every_duplicate_is_one_that_it_had_taken(self):   # CG-R11
        for _ in range(15):
            self.reject(self.received())
        with Server() as server:
            server.fickle, server.drop["taken"] = random.Random(7), 1
            for tries in range(8):
                self.due_now()
                if tries == 7:
                    server.fickle = None
                answer = json.loads(self.run_tool("deliver", "--smtp", server.url(), "--smtp-plain", "--from", "cases@lab.example", "--json"))
                self.assertEqual((answer["dead"], answer["lost"]), (0, 0))
        self.assertEqual({state for state, _ in self.mail_notices()}, {3})
        with sqlite3.connect(self.folder.name + "/cases.db") as db:
            wanted = {"<%s@lab.example>" % row[0] for row in db.execute("SELECT id FROM notices WHERE channel = 'email'")}
        ids = [email.message_from_bytes(m[2], policy=email.policy.default)["Message-ID"] for m in server.messages]
        self.assertEqual(set(ids), wanted)
        self.assertEqual(len(wanted), 30)
        # A second copy comes only of a message that was taken, and whose answer was lost.
        self.assertEqual(len(ids) - len(wanted), server.taken_unsaid)
        self.assertGreater(server.taken_unsaid, 0)
        self.silent(server)

    def test_a_dispatcher_that_follows_sends_what_comes_and_ends_cleanly(self):   # CG-R11
        with Server("tls", self.certs["good"]) as server:
            command = [TOOL, "deliver", "--follow", "--smtp", server.url(), "--smtp-ca", self.certs["ca"], "--from", "cases@lab.example"]
            follower = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                self.reject(self.received())
                end = time.monotonic() + 20
                while len(server.messages) < 2 and time.monotonic() < end:
                    time.sleep(0.05)
            finally:
                follower.terminate()
                out, err = follower.communicate(timeout=40)
        self.assertEqual(follower.returncode, 0, out + err)
        self.assertEqual(len(server.messages), 2)
        self.assertEqual(server.commands[-1], "QUIT")
        self.assertEqual({state for state, _ in self.mail_notices()}, {3})
        self.silent(server)

    def test_a_5xx_is_dead_with_its_reason_and_holds_nobody_up(self):   # CG-R11
        case = self.received()
        self.reject(case)
        with sqlite3.connect(self.folder.name + "/cases.db") as db:
            db.execute("UPDATE notices SET address = 'r550@clinic.example' WHERE channel = 'email' AND address LIKE 'desk@%'")
        with Server() as server:
            answer = json.loads(self.run_tool("deliver", "--smtp", server.url(), "--smtp-plain", "--from", "cases@lab.example", "--json"))
        self.assertEqual((answer["delivered"], answer["failed"], answer["dead"]), (1, 0, 1))
        self.assertIn((4, "the mail server answered 550 5.1.1 to RCPT"), self.mail_notices())
        self.silent(server)

    def test_an_address_that_was_forged_in_the_store_reaches_no_wire(self):
        case = self.received()
        self.reject(case)
        with sqlite3.connect(self.folder.name + "/cases.db") as db:
            db.execute("UPDATE notices SET address = ? WHERE channel = 'email'", ("a@b.example>\r\nRCPT TO:<evil@example.net",))
        with Server() as server:
            self.run_tool("deliver", "--smtp", server.url(), "--smtp-plain", "--from", "cases@lab.example")
        self.assertEqual(self.mail_notices(), [(4, "not a plain address")] * 2)
        self.assertEqual(server.commands, [])
        self.assertNotIn("evil", str(self.mail_notices()))

    def test_the_password_comes_from_a_file_or_the_environment_and_is_never_shown(self):
        path = self.folder.name + "/password"
        with open(path, "w") as out:
            out.write("s3cret of the file\n")
        with Server("starttls", self.certs["good"], login=("gate", "s3cret of the file")) as server:
            options = ("--smtp", server.url(), "--smtp-ca", self.certs["ca"], "--smtp-user", "gate", "--from", "cases@lab.example")
            self.reject(self.received(), *options, "--smtp-password-file", path)
            self.reject(self.received(), *options, CASEGATE_SMTP_PASSWORD="wr0ng")
            self.reject(self.received(), CASEGATE_SMTP=server.url(), CASEGATE_SMTP_USER="gate", CASEGATE_SMTP_PASSWORD_FILE=path,
                        CASEGATE_SMTP_CA=self.certs["ca"], CASEGATE_FROM="cases@lab.example")
        self.assertEqual(len(server.messages), 4)
        self.assertEqual({n[1] for n in self.mail_notices() if n[1]}, {"the mail server answered 535 5.7.8 to AUTH"})
        self.assertNotIn("wr0ng", self.said)

    def test_a_command_line_that_cannot_be_is_refused_before_anything_happens(self):
        case = self.received()
        rows = [(("--smtp", "http://x", "--from", "a@b.example"), "--smtp"), (("--smtp", "smtp://u:p@x", "--from", "a@b.example"), "--smtp"),
                (("--smtp", "smtp://x"), "--from is missing"), (("--smtp", "smtp://x", "--from", "a@b.example\r\nBcc: c"), "--from"),
                (("--smtp", "smtp://x", "--outbox", "y", "--from", "a@b.example"), "two ways"),
                (("--smtp", "smtps://x", "--smtp-plain", "--from", "a@b.example"), "--smtp-plain"),
                (("--smtp", "smtp://x", "--smtp-user", "u", "--from", "a@b.example"), "--smtp-password-file"),
                (("--smtp", "smtp://x", "--from", "a@b.example", "--link", "x"), "--link")]
        for args, says in rows:
            with self.subTest(args):
                self.assertIn(says, self.run_tool("reject", "--as", "lena", case, "--revision", "1", "--reason", "other", *args, status=2))
        self.assertIn("--smtp", self.run_tool("deliver", status=2))
        self.assertEqual(self.mail_notices(), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
