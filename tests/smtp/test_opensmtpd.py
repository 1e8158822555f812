# SPDX-License-Identifier: MIT
"""test_opensmtpd.py: a second, independent server: OpenSMTPD takes the rejection and puts it into a mailbox.

usage: test_opensmtpd.py CASEGATE SOURCE_DIR     (exits with 77, skipped, without root or without smtpd)
"""
import email
import email.policy
import fcntl
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TOOL, SOURCE = sys.argv[1:3]


def skip(why):
    print("skipped - " + why)
    sys.exit(77)


def wait_for(what, seconds, found):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = found()
        if result:
            return result
        time.sleep(0.1)
    raise SystemExit("not ok - " + what)


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            return s.recv(3) == b"220"
    except OSError:
        return False


def main(folder):
    boxes = folder + "/boxes"
    os.mkdir(boxes)
    shutil.chown(boxes, "nobody")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open(folder + "/smtpd.conf", "w") as out:
        out.write('table users { "@" = "nobody" }\nlisten on 127.0.0.1 port %d\n'
                  'action "box" maildir "%s/%%{rcpt.user}" virtual <users>\n'
                  'match from any for domain "clinic-north.example" action "box"\n' % (port, boxes))
    log = open(folder + "/log", "w")
    daemon = subprocess.Popen(["smtpd", "-d", "-f", folder + "/smtpd.conf"], stdout=log, stderr=log)
    try:
        wait_for("OpenSMTPD does not answer:\n" + open(folder + "/log").read(), 10, lambda: answers(port))
        deliver(folder, boxes, port)
    finally:
        daemon.terminate()
        daemon.wait(10)


def deliver(folder, boxes, port):
    environment = {"PATH": os.environ["PATH"], "CASEGATE_PEOPLE": SOURCE + "/examples/people.json", "CASEGATE_STORE": "sqlite:%s/cases.db" % folder,
                   "CASEGATE_SMTP": "smtp://127.0.0.1:%d" % port, "CASEGATE_FROM": "Dentallabor Müller <cases@lab.example>",
                   "CASEGATE_LANGUAGE": "de", "CASEGATE_LINK": "https://portal.example/cases/{case}"}

    def tool(*args):
        done = subprocess.run([TOOL, *args], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    tool("init")
    environment_smtp = environment.pop("CASEGATE_SMTP")
    made = json.loads(tool("create", "--as", "clara", "--lab", "lab-one", "--submit", SOURCE + "/examples/cases/anterior-crowns.json", "--json"))
    case = (made.get("case") or made)["id"]
    tool("reject", "--as", "lena", case, "--revision", "1", "--reason", "unreadable_scan", "--comment", "The margin is not visible.")
    environment["CASEGATE_SMTP"] = environment_smtp
    answer = json.loads(tool("deliver", "--smtp-plain", "--json"))
    assert (answer["delivered"], answer["failed"], answer["dead"]) == (2, 0, 0), answer
    mails = wait_for("two mails in the mailboxes", 20, lambda: (lambda m: m if len(m) == 2 else None)(glob.glob(boxes + "/*/new/*")))
    assert sorted(m.split("/")[-3] for m in mails) == ["dan.osei", "desk"], mails
    for path in mails:
        with open(path, "rb") as mail:
            parsed = email.message_from_binary_file(mail, policy=email.policy.default)
        assert not parsed.defects, parsed.defects
        assert parsed["From"].addresses[0].display_name == "Dentallabor Müller"
        assert parsed["Message-ID"].startswith("<%s.3." % case) and parsed["Message-ID"].endswith("@lab.example>"), parsed["Message-ID"]
        assert parsed["Auto-Submitted"] == "auto-generated" and parsed["Content-Language"] == "de"
        text, html = (part.get_content() for part in parsed.iter_parts())
        for words in ("NC-1042", "https://portal.example/cases/" + case, "Scandateien sind falsch oder unlesbar"):
            assert words in text and words in html, words
        assert "Lindqvist" not in text + html and "not visible" not in text + html
    print("ok - the rejection is in the mailboxes of clinic and dentist")


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("OpenSMTPD is started by root only")
    if not shutil.which("smtpd") or not os.path.isdir("/var/spool/smtpd"):
        skip("there is no OpenSMTPD")
    with open("/tmp/casegate-opensmtpd.lock", "w") as turn:      # it has one spool a machine
        fcntl.flock(turn, fcntl.LOCK_EX)
        if os.path.exists("/var/run/smtpd.sock"):
            probe = socket.socket(socket.AF_UNIX)
            try:
                probe.connect("/var/run/smtpd.sock")
                skip("an OpenSMTPD runs on this machine already")
            except OSError:
                pass
            finally:
                probe.close()
        with tempfile.TemporaryDirectory() as temporary:
            os.chmod(temporary, 0o755)
            main(temporary)
