/* SPDX-License-Identifier: MIT */
/* telling.c: notices of a store sent through a mail server, in words of the host's own where it has some. */
#include <stdio.h>
#include <stdlib.h>

#include <casegate/casegate.h>
#include <casegate/mail.h>
#include <casegate/smtp.h>
#include <casegate/sqlite.h>

/* usage: telling STORE SMTP_URL FROM     the login, if any, in SMTP_USER and SMTP_PASSWORD; an authority of your own in SMTP_CA */

static casegate_result own_words(casegate_templates **out, casegate_error *err)
{
    casegate_templates_builder *builder = casegate_templates_builder_new(NULL);
    casegate_template ours = { .size = sizeof ours, .lab = "lab-one", .code = "reject", .language = "en",
                               .subject = "Case {reference}: please have a look",
                               .text = "Hello{?name} {name}{/name},\n\n{lab} could not accept case {reference}: {reason}.\n"
                                       "{?link}\n{link}\n{/link}" };

    casegate_templates_add(builder, &ours);
    casegate_templates_add_lab(builder, "lab-one", "Dental Lab One");   /* what {lab} shows */
    return casegate_templates_builder_finish(builder, out, err);
}

static casegate_result dispatch(casegate_store *store, casegate_notifier *notifier, casegate_error *err)
{
    casegate_notifier *notifiers[] = { notifier };
    casegate_engine_options options = { .size = sizeof options, .store = store, .notifiers = notifiers, .notifier_count = 1 };
    casegate_dispatched counts = { .size = sizeof counts };
    casegate_engine *engine = NULL;
    casegate_result rc = casegate_engine_open(&options, &engine, err);

    if (rc == CASEGATE_OK) rc = casegate_engine_dispatch(engine, NULL, "email", 0, &counts, err);
    if (rc == CASEGATE_OK) printf("delivered %u, failed %u, dead %u\n", counts.delivered, counts.failed, counts.dead);
    casegate_engine_unref(engine);
    return rc;
}

int main(int argc, char **argv)
{
    casegate_error err = { .size = sizeof err };
    casegate_sqlite_options file = { .size = sizeof file, .path = argc > 1 ? argv[1] : NULL, .must_exist = 1 };
    casegate_mail_options mail = { .size = sizeof mail, .from = argc > 3 ? argv[3] : NULL,
                                   .link = "https://portal.lab.example/cases/{case}" };
    casegate_smtp_options smtp = { .size = sizeof smtp, .url = argc > 2 ? argv[2] : NULL, .mail = &mail,
                                   .user = getenv("SMTP_USER"), .password = getenv("SMTP_PASSWORD"), .ca_file = getenv("SMTP_CA") };
    casegate_templates *templates = NULL;
    casegate_notifier *notifier = NULL;
    casegate_store *store = NULL;

    casegate_result rc = own_words(&templates, &err);
    mail.templates = templates;
    if (rc == CASEGATE_OK) rc = casegate_smtp_notifier_new(NULL, &smtp, &notifier, &err);
    if (rc == CASEGATE_OK) rc = casegate_sqlite_open(NULL, &file, &store, &err);
    if (rc == CASEGATE_OK) rc = dispatch(store, notifier, &err);
    if (rc != CASEGATE_OK) fprintf(stderr, "telling: %s: %s %s\n", casegate_result_name(rc), err.field, err.text);
    casegate_store_unref(store);
    casegate_notifier_unref(notifier);
    casegate_templates_unref(templates);
    return rc == CASEGATE_OK ? 0 : 1;
}
