/* SPDX-License-Identifier: MIT */
/* consumer_smtp.c: a program outside the tree that makes an e-mail notifier with a template of its own; built against an installed casegate. */
#include <stdio.h>

#include <casegate/mail.h>
#include <casegate/smtp.h>

int main(void)
{
    casegate_error err = { .size = sizeof err };
    casegate_template ours = { .size = sizeof ours, .code = "reject", .language = "en", .subject = "{reference}", .text = "See {link}" };
    casegate_mail_options mail = { .size = sizeof mail, .from = "cases@lab.example", .link = "https://lab.example/{case}" };
    casegate_smtp_options options = { .size = sizeof options, .url = "smtp://mail.lab.example", .mail = &mail };
    casegate_templates_builder *builder = casegate_templates_builder_new(NULL);
    casegate_templates *templates = NULL;
    casegate_notifier *notifier = NULL;

    casegate_templates_add(builder, &ours);
    int good = casegate_templates_builder_finish(builder, &templates, &err) == CASEGATE_OK;
    mail.templates = templates;
    good = good && casegate_smtp_notifier_new(NULL, &options, &notifier, &err) == CASEGATE_OK;
    puts(good ? "ok" : "failed");
    if (err.code) fprintf(stderr, "%s: %s %s\n", casegate_result_name(err.code), err.field, err.text);
    casegate_notifier_unref(notifier);
    casegate_templates_unref(templates);
    return !good;
}
