/* SPDX-License-Identifier: MIT */
/* words.c: what the built-in e-mails say, in English, German, French and Spanish: what happened, why, what to do next. */
#include "internal.h"

#include <string.h>

const cg_mail_words cg_mail_all_words[] = {
    {
        .language = "en", .greeting = "Hello{?name} {name}{/name},", .kase = "Case:", .lab = "Lab:", .reason = "Reason:",
        .attempt = "Submission:", .open = "Open the case",
        .footer = "This message was sent automatically. To protect patients it names none. Case id: {case}",
        .sayings = {
            { "reject", "Case {reference} was rejected", "Your case was rejected",
              "{lab} has reviewed case {reference} and cannot accept it as it is. Nothing of it goes into production.",
              "What to do next: open the case in the portal, where you also find the lab's comment and files, if there are any. "
              "Correct what the reason names and submit the case again. It stays the same case." },
            { "accept", "Case {reference} was accepted", "Your case is in production",
              "{lab} has accepted case {reference}. It is in production now.",
              "There is nothing left for you to do. From now on the case is locked: you can look at it in the portal, but nobody can "
              "change it. If something must change all the same, please call the lab at once." },
            { "submit", "Case {reference} was submitted", "A case was submitted",
              "Case {reference} was submitted to {lab} and waits for a review.",
              "The next step is the lab's: it accepts the case, or rejects it with a reason." },
            { "reminder", "Case {reference} is waiting for a review", "A case is waiting",
              "Case {reference} has been waiting for a review by {lab} for longer than agreed.",
              "Please review it in the portal: accept it, or reject it with a reason, so that the clinic can plan." },
            { "", "News of case {reference}", "There is news of a case",
              "There is news of case {reference} at {lab}.",
              "You find the details in the portal." } },
        .reasons = { "Incomplete or missing prescription details", "Incorrect or unreadable scan files",
                     "Unsupported service or material", "Invalid delivery timeline", "Other clinical or technical issues" }
    }, {
        .language = "de", .greeting = "Guten Tag{?name} {name}{/name},", .kase = "Fall:", .lab = "Labor:", .reason = "Grund:",
        .attempt = "Einreichung:", .open = "Fall öffnen",
        .footer = "Diese Nachricht wurde automatisch versandt. Zum Schutz der Patienten nennt sie keine Namen. "
                  "Fallkennung: {case}",
        .sayings = {
            { "reject", "Fall {reference} wurde zurückgewiesen", "Ihr Fall wurde zurückgewiesen",
              "{lab} hat den Fall {reference} geprüft und kann ihn so nicht annehmen. Nichts davon geht in die Fertigung.",
              "So geht es weiter: Öffnen Sie den Fall im Portal; dort finden Sie auch Kommentar und Dateien des Labors, falls es welche "
              "gibt. Berichtigen Sie, was der Grund nennt, und reichen Sie den Fall erneut ein. Es bleibt derselbe Fall." },
            { "accept", "Fall {reference} wurde angenommen", "Ihr Fall ist in der Fertigung",
              "{lab} hat den Fall {reference} angenommen. Er ist jetzt in der Fertigung.",
              "Für Sie ist nichts weiter zu tun. Der Fall ist ab jetzt gesperrt: Sie können ihn im Portal ansehen, aber niemand kann ihn "
              "mehr ändern. Muss sich doch etwas ändern, rufen Sie bitte sofort das Labor an." },
            { "submit", "Fall {reference} wurde eingereicht", "Ein Fall wurde eingereicht",
              "Der Fall {reference} wurde bei {lab} eingereicht und wartet auf die Prüfung.",
              "Der nächste Schritt liegt beim Labor: Es nimmt den Fall an oder weist ihn mit einem Grund zurück." },
            { "reminder", "Fall {reference} wartet auf die Prüfung", "Ein Fall wartet",
              "Der Fall {reference} wartet länger als vereinbart auf die Prüfung durch {lab}.",
              "Bitte prüfen Sie ihn im Portal: Nehmen Sie ihn an oder weisen Sie ihn mit einem Grund zurück, damit die Praxis planen "
              "kann." },
            { "", "Neues zum Fall {reference}", "Es gibt Neues zu einem Fall",
              "Es gibt Neues zum Fall {reference} bei {lab}.",
              "Die Einzelheiten finden Sie im Portal." } },
        .reasons = { "Angaben der Verordnung fehlen oder sind unvollständig", "Scandateien sind falsch oder unlesbar",
                     "Leistung oder Material wird nicht angeboten", "Liefertermin ist nicht möglich",
                     "Andere klinische oder technische Gründe" }
    }, {
        .language = "fr", .greeting = "Bonjour{?name} {name}{/name},", .kase = "Dossier :", .lab = "Laboratoire :",
        .reason = "Motif :", .attempt = "Envoi :", .open = "Ouvrir le dossier",
        .footer = "Ce message a été envoyé automatiquement. Par discrétion, il ne nomme pas le patient. Identifiant du dossier : {case}",
        .sayings = {
            { "reject", "Le dossier {reference} a été refusé", "Votre dossier a été refusé",
              "{lab} a examiné le dossier {reference} et ne peut pas l’accepter en l’état. Rien n’est mis en production.",
              "Pour la suite : ouvrez le dossier sur le portail, où se trouvent aussi le commentaire et les fichiers du laboratoire, "
              "s’il y en a. Corrigez ce que le motif indique, puis soumettez le dossier à nouveau. Il reste le même dossier." },
            { "accept", "Le dossier {reference} a été accepté", "Votre dossier est en production",
              "{lab} a accepté le dossier {reference}. Il est maintenant en production.",
              "Vous n’avez plus rien à faire. Le dossier est désormais verrouillé : vous pouvez le consulter sur le portail, mais personne "
              "ne peut plus le modifier. Si un changement est malgré tout nécessaire, appelez le laboratoire sans attendre." },
            { "submit", "Le dossier {reference} a été soumis", "Un dossier a été soumis",
              "Le dossier {reference} a été soumis à {lab} et attend d’être examiné.",
              "La suite appartient au laboratoire : il accepte le dossier, ou le refuse en donnant un motif." },
            { "reminder", "Le dossier {reference} attend d’être examiné", "Un dossier attend",
              "Le dossier {reference} attend depuis plus longtemps que convenu d’être examiné par {lab}.",
              "Merci de l’examiner sur le portail : acceptez-le, ou refusez-le en donnant un motif, afin que le cabinet puisse "
              "s’organiser." },
            { "", "Du nouveau sur le dossier {reference}", "Il y a du nouveau sur un dossier",
              "Il y a du nouveau sur le dossier {reference} chez {lab}.",
              "Vous trouverez les détails sur le portail." } },
        .reasons = { "Prescription incomplète ou manquante", "Fichiers de scan incorrects ou illisibles",
                     "Prestation ou matériau non proposé", "Délai de livraison impossible",
                     "Autre raison clinique ou technique" }
    }, {
        .language = "es", .greeting = "Hola{?name} {name}{/name}:", .kase = "Caso:", .lab = "Laboratorio:", .reason = "Motivo:",
        .attempt = "Envío:", .open = "Abrir el caso",
        .footer = "Este mensaje se ha enviado automáticamente. Por discreción, no nombra al paciente. Identificador del caso: {case}",
        .sayings = {
            { "reject", "El caso {reference} ha sido rechazado", "Su caso ha sido rechazado",
              "{lab} ha revisado el caso {reference} y no puede aceptarlo tal como está. Nada de él pasa a producción.",
              "Qué hacer ahora: abra el caso en el portal, donde también encontrará el comentario y los archivos del laboratorio, si los "
              "hay. Corrija lo que indica el motivo y envíe el caso de nuevo. Sigue siendo el mismo caso." },
            { "accept", "El caso {reference} ha sido aceptado", "Su caso está en producción",
              "{lab} ha aceptado el caso {reference}. Ya está en producción.",
              "No tiene que hacer nada más. Desde ahora el caso está bloqueado: puede verlo en el portal, pero nadie puede modificarlo. "
              "Si aun así algo debe cambiar, llame enseguida al laboratorio." },
            { "submit", "El caso {reference} ha sido enviado", "Se ha enviado un caso",
              "El caso {reference} se ha enviado a {lab} y espera su revisión.",
              "El siguiente paso es del laboratorio: acepta el caso, o lo rechaza indicando un motivo." },
            { "reminder", "El caso {reference} espera su revisión", "Un caso está esperando",
              "El caso {reference} lleva más tiempo del acordado esperando la revisión de {lab}.",
              "Por favor, revíselo en el portal: acéptelo, o rechácelo indicando un motivo, para que la clínica pueda organizarse." },
            { "", "Novedades del caso {reference}", "Hay novedades de un caso",
              "Hay novedades del caso {reference} en {lab}.",
              "Encontrará los detalles en el portal." } },
        .reasons = { "Prescripción incompleta o ausente", "Archivos de escaneo incorrectos o ilegibles",
                     "Servicio o material no disponible", "Plazo de entrega imposible",
                     "Otros motivos clínicos o técnicos" }
    },
};
const size_t cg_mail_words_count = sizeof cg_mail_all_words / sizeof *cg_mail_all_words;

static const char *const reason_codes[CG_MAIL_REASONS] = { "incomplete_prescription", "unreadable_scan", "unsupported_service",
                                                           "invalid_timeline", "other" };

const char *cg_mail_reason_in(const cg_mail_words *words, const char *code, const char *english)
{
    for (size_t i = 0; i < CG_MAIL_REASONS; i++)
        if (strcmp(reason_codes[i], code) == 0)
            return !english || strcmp(english, cg_mail_all_words[0].reasons[i]) == 0 ? words->reasons[i] : NULL;
    return NULL;
}
