/* SPDX-License-Identifier: MIT */
/* layout.c: what the built-in e-mails look like, as text and as HTML; the words come from words.c through the slots in capitals. */
#include "internal.h"

#include <string.h>

const char cg_mail_layout_text[] =
    "{GREETING}\n"
    "\n"
    "{WHAT}\n"
    "\n"
    "{?reason}{REASON} {reason}\n{/reason}"
    "{CASE} {reference}\n"
    "{LAB} {lab}\n"
    "{ATTEMPT} {attempt}\n"
    "\n"
    "{NEXT}\n"
    "{?link}\n{OPEN}\n{link}\n{/link}"
    "\n"
    "-- \n"
    "{FOOTER}\n";

/* Two pieces: a string literal has a length that every compiler takes. Light colours stand in place, for readers that know no style
 * sheet; the dark ones replace them. Every text has a contrast of 4.5 to 1 or more. */
const char cg_mail_layout_head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"{LANGUAGE}\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<title>{SUBJECT}</title>\n"
    "<style>\n"
    ":root { color-scheme: light dark; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  .page { background-color: #11181c !important; }\n"
    "  .card { background-color: #1b252b !important; border-left-color: #2f3d45 !important;"
    " border-right-color: #2f3d45 !important; border-bottom-color: #2f3d45 !important; }\n"
    "  .ink { color: #eef3f5 !important; }\n"
    "  .soft { color: #a9b8c0 !important; }\n"
    "  .facts { background-color: #232f36 !important; }\n"
    "  .button { background-color: #7fd1de !important; color: #06252b !important; }\n"
    "}\n"
    "</style>\n"
    "</head>\n";

const char cg_mail_layout_body[] =
    "<body class=\"page\" style=\"margin: 0; padding: 24px 12px; background-color: #eef2f4;"
    " font-family: -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;\">\n"
    "<main class=\"card\" style=\"max-width: 560px; margin: 0 auto; background-color: #ffffff; border: 1px solid #d5dee3;"
    " border-top: 4px solid {ACCENT}; border-radius: 8px; padding: 28px 28px 24px; overflow-wrap: anywhere;\">\n"
    "<h1 class=\"ink\" style=\"margin: 0 0 16px; font-size: 22px; line-height: 1.3; color: #13252c;\">{TITLE}</h1>\n"
    "<p class=\"ink\" style=\"margin: 0 0 12px; font-size: 16px; line-height: 1.5; color: #13252c;\">{GREETING}</p>\n"
    "<p class=\"ink\" style=\"margin: 0 0 20px; font-size: 16px; line-height: 1.5; color: #13252c;\">{WHAT}</p>\n"
    "<table class=\"facts\" style=\"width: 100%; margin: 0 0 20px; border-collapse: separate; border-spacing: 0; padding: 8px 0;"
    " background-color: #f3f6f8; border-radius: 6px; font-size: 15px; line-height: 1.4; text-align: left;\">\n"
    "{?reason}<tr><th scope=\"row\" class=\"soft\" style=\"padding: 5px 8px 5px 16px; font-weight: normal; vertical-align: top;"
    " white-space: nowrap; color: #4a5e68;\">{REASON}</th>"
    "<td class=\"ink\" style=\"width: 100%; padding: 5px 16px 5px 8px; font-weight: bold; color: #13252c;\">{reason}</td></tr>\n"
    "{/reason}"
    "<tr><th scope=\"row\" class=\"soft\" style=\"padding: 5px 8px 5px 16px; font-weight: normal; vertical-align: top;"
    " white-space: nowrap; color: #4a5e68;\">{CASE}</th>"
    "<td class=\"ink\" style=\"width: 100%; padding: 5px 16px 5px 8px; color: #13252c;\">{reference}</td></tr>\n"
    "<tr><th scope=\"row\" class=\"soft\" style=\"padding: 5px 8px 5px 16px; font-weight: normal; vertical-align: top;"
    " white-space: nowrap; color: #4a5e68;\">{LAB}</th>"
    "<td class=\"ink\" style=\"padding: 5px 16px 5px 8px; color: #13252c;\">{lab}</td></tr>\n"
    "<tr><th scope=\"row\" class=\"soft\" style=\"padding: 5px 8px 5px 16px; font-weight: normal; vertical-align: top;"
    " white-space: nowrap; color: #4a5e68;\">{ATTEMPT}</th>"
    "<td class=\"ink\" style=\"padding: 5px 16px 5px 8px; color: #13252c;\">{attempt}</td></tr>\n"
    "</table>\n"
    "<p class=\"ink\" style=\"margin: 0 0 20px; font-size: 16px; line-height: 1.5; color: #13252c;\">{NEXT}</p>\n"
    "{?link}<p style=\"margin: 0 0 20px;\"><a class=\"button\" href=\"{link}\" style=\"display: inline-block; padding: 12px 22px;"
    " border-radius: 6px; background-color: #0b5563; color: #ffffff; font-size: 16px; font-weight: bold;"
    " text-decoration: none;\">{OPEN}</a></p>\n"
    "{/link}"
    "<p class=\"soft\" style=\"margin: 0; font-size: 13px; line-height: 1.5; color: #4a5e68;\">{FOOTER}</p>\n"
    "</main>\n"
    "</body>\n"
    "</html>\n";

/* The bar above the card: what kind of news it is. */
const char *cg_mail_accent(const char *code)
{
    if (strcmp(code, "reject") == 0) return "#b3401f";
    if (strcmp(code, "accept") == 0) return "#2c7a4b";
    if (strcmp(code, "reminder") == 0) return "#a86a00";
    return "#0b5563";
}
