# SPDX-License-Identifier: MIT
"""test_smtp.py: the SMTP notifier against a server that answers, refuses, breaks off and hangs; read back by Python's own parser.

usage: test_smtp.py SMTP_SEND
"""
import email
import email.policy
import json
import os
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import quote

from server import STEPS, Server, make_certificates

SEND = sys.argv.pop(1)
USUAL = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Language", "Content-Type"]
LANGUAGES = ("en", "de", "fr", "es")
CODES = ("reject", "accept", "submit", "reminder", "polish")
SUBJECTS = {"en": "Case NC-1042 was rejected", "de": "Fall NC-1042 wurde zurückgewiesen", "fr": "Le dossier NC-1042 a été refusé",
            "es": "El caso NC-1042 ha sido rechazado"}
PLAIN = {"security": "1"}
CANARY = "Ada Canary"      # stands in what the server says and in the comment: never to be seen again


def notice(number=1, **members):
    one = {"id": "case-%d.3.1" % number, "case": "case-%d" % number, "template": "reject", "lab": "lab-one", "clinic": "clinic-north",
           "reference": "NC-1042", "reason": "unreadable_scan", "label": "Incorrect or unreadable scan files", "attempt": "2",
           "address": "clara@clinic.example", "comment": "About " + CANARY}
    one.update(members)
    return {key: value for key, value in one.items() if value is not None}


def encoded(text):
    return quote(text if isinstance(text, bytes) else text.encode(), safe="")


def send(server, notices, timeout=100, preload="", **options):
    """Gives the answer of the notifier's making, one a notice, and how long the goodbye took."""
    options = {"url": server.url() if server else "smtp://localhost:1", **options}
    done = subprocess.run([SEND] + ["%s=%s" % (k, encoded(v)) for k, v in options.items() if v is not None], check=True,
                          input="".join(" ".join("%s=%s" % (k, encoded(v)) for k, v in n.items()) + "\n" for n in notices).encode(),
                          capture_output=True, timeout=timeout, env={**os.environ, **({"LD_PRELOAD": preload} if preload else {})})
    assert CANARY.encode() not in done.stdout + done.stderr, "the canary sings"
    assert not done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[0], lines[1:-1], lines[-1].get("goodbye_ms", 0)


def parse(message):
    parsed = email.message_from_bytes(message[2], policy=email.policy.default)
    assert not parsed.defects, parsed.defects
    return parsed


class Smtp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.certs = make_certificates(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def all_are(self, answers, result, **members):
        for answer in answers:
            self.assertEqual(answer["result"], result, answer)
            for key, value in members.items():
                self.assertEqual(answer[key], value)

    # ---- what arrives ---------------------------------------------------------------------------------------------

    def test_every_template_arrives_in_every_language_with_its_headers_and_both_bodies(self):
        wanted = [(language, code) for language in LANGUAGES for code in CODES]
        with Server() as server:
            _, answers, _ = send(server, [notice(i, language=l, template=c, name="Zoë Müller, Dr.") for i, (l, c) in enumerate(wanted)],
                                 link="https://portal.example/cases/{case}", from_name="Zahntechnik Süß", reply_to="desk@lab.example", **PLAIN)
        self.all_are(answers, "ok")
        self.assertEqual(len(server.messages), len(wanted))
        for i, (message, (language, code)) in enumerate(zip(server.messages, wanted)):
            sender, recipients, data = message
            self.assertEqual((sender, recipients), ("cases@lab.example", ["clara@clinic.example"]))
            self.assertTrue(all(len(line) <= 76 or line.startswith(b"Message-ID") for line in data.split(b"\r\n")))
            self.assertTrue(data.isascii())
            parsed = parse(message)
            self.assertEqual(parsed.keys(), ["From", "To", "Reply-To"] + USUAL[2:])
            self.assertEqual((parsed["From"].addresses[0].display_name, parsed["From"].addresses[0].addr_spec),
                             ("Zahntechnik Süß", "cases@lab.example"))
            self.assertEqual((parsed["To"].addresses[0].display_name, parsed["To"].addresses[0].addr_spec),
                             ("Zoë Müller, Dr.", "clara@clinic.example"))
            self.assertEqual(parsed["Message-ID"], "<case-%d.3.1@lab.example>" % i)
            self.assertEqual(parsed["Auto-Submitted"], "auto-generated")
            self.assertEqual(parsed["Content-Language"], language)
            self.assertEqual(parsed["Date"].datetime.utcoffset().total_seconds(), 0)
            self.assertIn("NC-1042", parsed["Subject"])
            if code == "reject":
                self.assertEqual(parsed["Subject"], SUBJECTS[language])
            self.assertEqual(parsed.get_content_type(), "multipart/alternative")
            text, html = parsed.iter_parts()
            self.assertEqual([text.get_content_type(), html.get_content_type()], ["text/plain", "text/html"])
            for part in (text, html):
                self.assertEqual(part.get_content_charset(), "utf-8")
                content = part.get_content()
                for words in ("NC-1042", "lab-one", "https://portal.example/cases/case-%d" % i, "Zoë Müller, Dr."):
                    self.assertIn(words, content)
                self.assertNotIn(CANARY, content)
            self.assertIn('<html lang="%s">' % language, html.get_content())

    def test_a_repeat_carries_the_same_message_id(self):
        with Server() as server:
            server.drop["end"] = 1      # taken or not: nobody knows
            _, answers, _ = send(server, [notice(7), notice(7), notice(7)], **PLAIN)
        self.assertEqual([a["result"] for a in answers], ["later", "ok", "ok"])
        self.assertEqual({parse(m)["Message-ID"] for m in server.messages}, {"<case-7.3.1@lab.example>"})

    def test_a_batch_goes_over_one_connection_which_ends_with_quit(self):
        with Server("tls", self.certs["good"]) as server:
            _, answers, _ = send(server, [notice(i) for i in range(50)], ca_file=self.certs["ca"])
        self.all_are(answers, "ok")
        self.assertEqual(len(server.connections), 1)
        self.assertEqual(len(server.messages), 50)
        self.assertEqual((server.commands.count("EHLO"), server.commands.count("MAIL"), server.commands[-1]), (1, 50, "QUIT"))

    def test_a_connection_that_the_server_gave_up_meanwhile_is_replaced_without_a_word(self):
        with Server() as server:
            server.close_idle_after = 1
            _, answers, _ = send(server, [notice(i, pause="150") for i in range(4)], **PLAIN)
        self.all_are(answers, "ok")
        self.assertEqual(len(server.messages), 4)

    def test_the_goodbye_opens_no_new_connection(self):
        with Server() as server:
            server.close_idle_after, server.last_words = 1, None
            _, answers, goodbye = send(server, [notice(), notice(2, pause="150", address="a>b")], **PLAIN)
        self.assertEqual([a["result"] for a in answers], ["ok", "refused"])
        self.assertEqual((len(server.connections), goodbye < 1000), (1, True))

    def test_the_second_try_on_a_fresh_connection_has_only_what_the_first_left_of_the_time(self):
        with Server() as server:
            server.slow_drop = 0.5      # the second message on a connection: the server thinks, and ends it
            server.hang_after = 1       # and then hangs
            _, answers, _ = send(server, [notice(1), notice(2)], message_ms="900", **PLAIN)
        self.assertEqual([a["result"] for a in answers], ["ok", "later"])
        self.assertEqual(len(server.connections), 2)
        self.assertLess(answers[1]["ms"], 1250)

    def test_threads_deliver_each_message_once(self):
        with Server("starttls", self.certs["good"]) as server:
            _, answers, _ = send(server, [notice(i) for i in range(200)], ca_file=self.certs["ca"], threads="8")
        self.all_are(answers, "ok")
        ids = [parse(m)["Message-ID"] for m in server.messages]
        self.assertEqual((len(ids), len(set(ids))), (200, 200))
        self.assertLessEqual(len(server.connections), 60)

    def test_the_greeting_names_the_client(self):
        with Server() as server:
            send(server, [notice()], client="gate.lab.example", **PLAIN)
        self.assertEqual(server.connections[0].hello, "gate.lab.example")

    # ---- protection -----------------------------------------------------------------------------------------------

    def test_starttls_and_tls_protect_all_that_is_said_of_a_message(self):
        for security in ("starttls", "tls"):
            with self.subTest(security), Server(security, self.certs["good"]) as server:
                _, answers, _ = send(server, [notice()], ca_file=self.certs["ca"])
                self.all_are(answers, "ok")
                self.assertTrue(server.connections[0].tls)
                if security == "starttls":
                    self.assertEqual(server.commands[:4], ["EHLO", "STARTTLS", "EHLO", "MAIL"])

    def test_a_server_without_starttls_hears_nothing_of_the_message(self):
        with Server() as server:
            _, answers, _ = send(server, [notice()])
        self.all_are(answers, "later", text="the mail server offers no TLS (EHLO)")
        self.assertNotIn("MAIL", server.commands)
        with Server("starttls", self.certs["good"], words={"starttls": "454 4.7.0 not now"}) as server:
            _, answers, _ = send(server, [notice()], ca_file=self.certs["ca"])
        self.all_are(answers, "later")
        self.assertNotIn("MAIL", server.commands)

    def test_a_certificate_of_another_name_or_of_an_unknown_authority_is_refused(self):
        for security in ("starttls", "tls"):
            for cert, ca in (("elsewhere", "ca"), ("good", "other_ca"), ("good", None)):
                with self.subTest(security=security, cert=cert, ca=ca), Server(security, self.certs[cert]) as server:
                    _, answers, _ = send(server, [notice()], ca_file=ca and self.certs[ca])
                    self.all_are(answers, "later")
                    self.assertIn("the certificate of the mail server is not trusted", answers[0]["text"])
                    self.assertEqual(server.messages, [])
                    self.assertNotIn("MAIL", server.commands)

    def test_only_who_asks_for_it_believes_any_certificate(self):
        with Server("tls", self.certs["elsewhere"]) as server:
            _, answers, _ = send(server, [notice()], unverified="1")
        self.all_are(answers, "ok")

    # ---- login ----------------------------------------------------------------------------------------------------

    def test_a_login_by_plain_or_login_comes_before_the_message(self):
        for security in ("starttls", "tls"):
            for methods in ("PLAIN", "LOGIN", "LOGIN PLAIN"):
                with self.subTest(security=security, methods=methods), \
                        Server(security, self.certs["good"], login=("gate", "s3cret word"), methods=methods) as server:
                    _, answers, _ = send(server, [notice(1), notice(2)], ca_file=self.certs["ca"], user="gate", password="s3cret word")
                    self.all_are(answers, "ok")
                    self.assertEqual(server.connections[0].user, "gate")
                    self.assertEqual(server.commands.count("AUTH"), 1)

    def test_a_login_that_fails_is_tried_later_and_tells_no_password(self):
        with Server("tls", self.certs["good"], login=("gate", "right")) as server:
            _, answers, _ = send(server, [notice()], ca_file=self.certs["ca"], user="gate", password="wr0ng")
        self.all_are(answers, "later", host_code=535)
        self.assertEqual(answers[0]["text"], "the mail server answered 535 5.7.8 to AUTH")
        self.assertNotIn("wr0ng", json.dumps(answers))
        self.assertEqual(server.messages, [])

    def test_a_server_that_wants_a_login_first_does_not_kill_the_notice(self):
        for code in ("530 5.7.0", "538 5.7.11"):
            with Server(words={"mail": code + " login first"}) as server:
                _, answers, _ = send(server, [notice()], **PLAIN)
            self.all_are(answers, "later", host_code=int(code[:3]))

    # ---- replies --------------------------------------------------------------------------------------------------

    def test_4xx_is_later_and_5xx_is_never_for_each_recipient_alone(self):
        wanted = [("clara", "ok"), ("r450", "later"), ("r550", "refused"), ("d451", "later"), ("d554", "refused"), ("e452", "later"),
                  ("e552", "refused"), ("r421", "later"), ("dan", "ok"), ("r553", "refused"), ("eve", "ok")]
        with Server() as server:
            _, answers, _ = send(server, [notice(i, address=who + "@clinic.example") for i, (who, _) in enumerate(wanted)], **PLAIN)
        self.assertEqual([a["result"] for a in answers], [result for _, result in wanted])
        self.assertEqual([m[1][0].split("@")[0] for m in server.messages], ["clara", "dan", "eve"])
        self.assertEqual(answers[2]["text"], "the mail server answered 550 5.1.1 to RCPT")
        self.assertEqual(answers[4]["text"], "the mail server answered 554 5.1.1 to DATA")
        self.assertEqual(answers[6]["text"], "the mail server answered 552 5.1.1 to the message")
        self.assertEqual([a["host_code"] for a in answers], [0, 450, 550, 451, 554, 452, 552, 421, 0, 553, 0])

    def test_the_sender_may_be_refused_too(self):
        for reply, result in (("451 4.3.0 busy", "later"), ("550 5.7.1 not you", "refused")):
            with Server(words={"mail": reply}) as server:
                _, answers, _ = send(server, [notice()], **PLAIN)
            self.all_are(answers, result, text="the mail server answered %s to MAIL" % reply[:9])

    def test_a_5xx_before_the_message_was_spoken_of_is_later(self):
        for step in ("greeting", "ehlo"):
            with self.subTest(step), Server(words={step: "554 5.3.2 go away"}) as server:
                _, answers, _ = send(server, [notice()], **PLAIN)
                self.all_are(answers, "later")
                self.assertEqual(server.messages, [])

    def test_no_words_of_a_server_get_into_an_error(self):
        with Server(words={"rcpt": "550 5.1.1 " + CANARY + " " + "x" * 400}) as server:
            _, answers, _ = send(server, [notice()], **PLAIN)      # send() looks for the canary
        self.all_are(answers, "refused", text="the mail server answered 550 5.1.1 to RCPT")

    def test_what_is_no_answer_is_later(self):
        for step in ("greeting", "ehlo", "mail", "rcpt", "data", "end"):
            for words in ("hello?", "999 999", "55", "200 5.1.1", "354 x", "550-5.1.1 a\r\n550 5.1.1 b"):
                if (step, words) == ("data", "354 x"):
                    continue        # is an answer
                with self.subTest(step=step, words=words), Server(words={step: words}) as server:
                    _, answers, _ = send(server, [notice()], message_ms="400", **PLAIN)
                    # Whatever it is: never delivered unless the server took it, never a crash, never dead without a 5xx.
                    if answers[0]["result"] == "refused":
                        self.assertEqual(words[:3], "550")
                        self.assertIn(step, ("mail", "rcpt", "data", "end"))
                    if answers[0]["result"] == "ok":
                        self.assertEqual(len(server.messages), 1)

    # ---- trouble --------------------------------------------------------------------------------------------------

    def test_a_connection_lost_at_any_step_is_later_and_nothing_is_lost(self):
        for step in STEPS[:-1]:
            security, login = ("starttls", ("gate", "pw")) if step in ("starttls", "auth") else ("plain", None)
            options = {"ca_file": self.certs["ca"], "user": "gate", "password": "pw"} if login else PLAIN
            with self.subTest(step), Server(security, self.certs["good"] if login else None, login=login) as server:
                server.drop[step] = 2
                _, answers, _ = send(server, [notice(1), notice(1), notice(1)], **options)
                self.assertEqual([a["result"] for a in answers], ["later", "later", "ok"])
                self.assertEqual({parse(m)["Message-ID"] for m in server.messages}, {"<case-1.3.1@lab.example>"})

    def test_a_server_that_hangs_at_any_step_costs_no_more_than_the_time_out(self):
        for step in STEPS[:-1]:
            security, login = ("starttls", ("gate", "pw")) if step in ("starttls", "auth") else ("plain", None)
            options = {"ca_file": self.certs["ca"], "user": "gate", "password": "pw"} if login else PLAIN
            with self.subTest(step), Server(security, self.certs["good"] if login else None, login=login) as server:
                server.hang[step] = 1
                _, answers, _ = send(server, [notice(1), notice(1)], message_ms="700", connect_ms="600", **options)
                self.assertEqual([a["result"] for a in answers], ["later", "ok"])
                self.assertLess(answers[0]["ms"], 1100, step)
                self.assertIn("took too long", answers[0]["text"])

    def test_a_late_answer_is_never_taken_for_that_of_the_next_message(self):
        for security in ("plain", "tls"):
            options = PLAIN if security == "plain" else {"ca_file": self.certs["ca"]}
            with self.subTest(security), Server(security, self.certs["good"]) as server:
                server.slow_end = 0.6
                _, answers, _ = send(server, [notice(1), notice(2, pause="200"), notice(3, address="e554@clinic.example")], message_ms="500", **options)
                self.assertEqual([a["result"] for a in answers], ["later", "ok", "refused"])
                self.assertEqual(len(server.connections), 2)

    def test_a_server_that_hangs_at_the_goodbye_does_not_hold_up_the_end(self):
        with Server() as server:
            server.hang["quit"] = 1
            _, answers, goodbye = send(server, [notice()], **PLAIN)
        self.all_are(answers, "ok")
        self.assertLess(goodbye, 4500)

    def test_a_refusal_and_then_silence_costs_no_more_than_the_time_out_twice(self):
        with Server() as server:
            server.hang["quit"] = 1
            _, answers, _ = send(server, [notice(address="r550@clinic.example")], message_ms="1000", **PLAIN)
        self.all_are(answers, "refused")
        self.assertLess(answers[0]["ms"], 2500)

    @unittest.skipUnless("SLOW_NAMES" in os.environ, "no slow_names")
    def test_a_name_server_that_hangs_costs_no_more_than_the_time_out(self):
        _, answers, goodbye = send(None, [notice(), notice()], url="smtp://mail.lab.example", message_ms="600", connect_ms="600",
                                   preload=os.environ["SLOW_NAMES"])
        self.all_are(answers, "later")
        self.assertLess(max(a["ms"] for a in answers), 1100)
        self.assertLess(goodbye, 1000)

    def test_nobody_listening_is_later(self):
        _, answers, _ = send(None, [notice()], **PLAIN)
        self.all_are(answers, "later", text="no connection to the mail server (the greeting)")
        _, answers, _ = send(None, [notice()], url="smtp://no-such-host.invalid:25", connect_ms="3000", **PLAIN)
        self.all_are(answers, "later")

    # ---- injection ------------------------------------------------------------------------------------------------

    NASTY = ["x\r\nBcc: evil@example.net", "x\nBcc: evil@example.net", "x\rBcc: evil@example.net", "x\r\n\r\nbody", "x\r\n.\r\nQUIT\r\n",
             "\r\n.\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<evil@example.net>\r\nDATA\r\n", "x\u2028Bcc: y", "x\u2029Bcc: y", "x\u0085Bcc: y",
             "x\x0bBcc: y", "x\x0cBcc: y", "x\x1b[2J", "x\x7f", "x\u202eevil", b"x\xc0\x8aBcc: y", b"x\xff", b"x\xed\xa0\x80", "x" * 70000,
             "=?utf-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5uZXQ=?=", "=?utf-8?Q?=0D=0ABcc:_evil?=", "a, b <evil@example.net>", "a>\nb <c",
             '"quoted" (comment) <x>', "%0d%0aBcc: evil@example.net", "\\r\\nBcc: y", "{comment}", "{?link}", "%n%s%x",
             "<script>alert(1)</script>", "a@b.example,evil@example.net", "a@b.example> RCPT TO:<evil@example.net", "a@b.example SIZE=1",
             "--=_casegate_alternative--\r\n", "--=_casegate_alternative--", ".", "..", "From x", "\ufeffx", "\U0001f9b7" * 60]
    FIELDS = ("reference", "lab", "clinic", "case", "id", "template", "reason", "label", "comment", "name", "address", "language")

    def test_nothing_in_a_notice_makes_a_header_a_recipient_or_a_command(self):
        notices = [notice(**{"id": "case-%d.1.1" % (i * 100 + k), field: text}) for i, text in enumerate(self.NASTY) for k, field in enumerate(self.FIELDS)]
        fields = [field for _ in self.NASTY for field in self.FIELDS]
        with Server() as server:
            _, answers, _ = send(server, [{k: v for k, v in n.items()} for n in notices], **PLAIN)
        taken = [(n, f) for n, f, a in zip(notices, fields, answers) if a["result"] == "ok"]
        self.assertEqual({a["result"] for a in answers}, {"ok", "refused"})
        self.assertEqual(len(server.messages), len(taken))
        self.assertGreater(len(taken), 150)
        for a in answers:
            self.assertNotIn("evil", json.dumps(a))
        for connection in server.connections:
            count = len(connection.messages)
            verbs = connection.commands
            self.assertEqual(verbs[0], "EHLO")
            self.assertEqual([v for v in verbs if v not in ("EHLO", "QUIT", "NOOP")], ["MAIL", "RCPT", "DATA"] * count)
            self.assertEqual({l for l in connection.lines if l.startswith("MAIL")}, {"MAIL FROM:<cases@lab.example> SIZE=%d" % n for n in
                             {int(l.rpartition("=")[2]) for l in connection.lines if l.startswith("MAIL")}})
        for (n, field), (_, recipients, data) in zip(taken, server.messages):
            self.assertEqual(recipients, [n["address"]])
            self.assertNotIn("evil", n["address"])
            head = data.split(b"\r\n\r\n")[0]
            names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]
            self.assertEqual(names, USUAL, (field, n[field]))
            parsed = parse((None, recipients, data))
            self.assertEqual(len(list(parsed.iter_parts())), 2)
            self.assertEqual(len(parsed["To"].addresses), 1)
            self.assertEqual(data.count(b"\n"), data.count(b"\r\n"))
            if field in ("reference", "name"):      # and it says what it was told to say
                shown = parsed["Subject"] if field == "reference" else parsed["To"].addresses[0].display_name
                # Without spaces: this parser puts one between the encoded words of a name, which RFC 2047 leaves out.
                self.assertIn("".join(n[field].split()), "".join(str(shown).split()))

    def test_no_option_makes_a_header_or_a_command_either(self):
        with Server() as server:
            for text in self.NASTY[:17]:
                for field in ("url", "from", "from_name", "reply_to", "domain", "link", "client", "language", "channel"):
                    made, answers, _ = send(server, [notice()], **{**PLAIN, field: text})
                    self.assertEqual((made["result"], answers), ("e_invalid", []), (field, text))
                for field in ("user", "password"):
                    made, _, _ = send(server, [], **{"user": "u", "password": "p", field: text})
                    if isinstance(text, str) and any(ord(c) < 32 or ord(c) == 127 for c in text):
                        self.assertEqual(made["result"], "e_invalid", (field, text))
        self.assertEqual(server.connections, [])

    # ---- options --------------------------------------------------------------------------------------------------

    def test_options_that_cannot_be_are_named(self):
        rows = [({"url": "http://localhost"}, "url"), ({"url": "localhost"}, "url"), ({"url": ""}, "url"), ({"url": "smtp://u:p@localhost"}, "url"),
                ({"url": "smtp://localhost/x"}, "url"), ({"url": "smtp://localhost?x"}, "url"), ({"url": "smtps://localhost", "security": "1"}, "security"),
                ({"security": "2"}, "security"), ({"security": "-1"}, "security"), ({"user": "u"}, "password"), ({"password": "p"}, "user"),
                ({"user": "u", "password": "p", "security": "1"}, "password"), ({"client": "a b"}, "client"), ({"connect_ms": "-1"}, "connect_ms"),
                ({"message_ms": "-1"}, "message_ms"), ({"from": "x"}, "mail.from"), ({"link": "x"}, "mail.link"), ({"mail": "none"}, "mail"),
                ({"channel": "portal"}, "channel"), ({"channel": "a b"}, "channel")]
        for options, field in rows:
            with self.subTest(options):
                made, _, _ = send(None, [], **options)
                self.assertEqual((made["result"], made["field"]), ("e_invalid", field))
                self.assertNotIn("u:p", made["text"])

    def test_a_ca_file_that_is_not_there_is_later(self):
        with Server("tls", self.certs["good"]) as server:
            _, answers, _ = send(server, [notice()], ca_file="/nowhere/ca.pem")
        self.all_are(answers, "later", text="the file of trusted certificates cannot be read (the greeting)")


if __name__ == "__main__":
    unittest.main(verbosity=1)
