/* SPDX-License-Identifier: MIT */
/* json.h: values to and from JSON: strict readers, writers with a stable order of members. */
#ifndef CASEGATE_JSON_H
#define CASEGATE_JSON_H

#include <casegate/decide.h>

/**
 * @file json.h
 * @brief Component `json`: content, case, event, notice, policy, verdict, people, workflow to and from JSON (RFC 8259).
 *
 * Writers append one JSON value to a buffer; members come in the order of the field tables, absent ones are left out; `indent` 0
 * writes one line, else so many spaces a level. What a writer wrote of a content, a head, an event or a notice, its reader gives
 * back with every member as it was: a store may keep them so. Give both the same workflow; with NULL, statuses are numbers.
 *
 * Readers take the bytes of exactly one value. They are strict: unknown members, duplicate keys, wrong types, bad UTF-8, U+0000,
 * more than 32 levels, or more than 4 MiB are #CASEGATE_E_INVALID, where `field` is the path ("services[s1].teeth") and
 * `host_code` the CASEGATE_PROBLEM_.... Errors never quote values.
 * No type of the JSON library that is used inside shows here.
 */

#ifdef __cplusplus
extern "C" {
#endif

/* Every reader below: @retval CASEGATE_OK, CASEGATE_E_NOMEM, CASEGATE_E_INVALID. Every writer: CASEGATE_OK, CASEGATE_E_NOMEM. */

/** Reads a content. @param host or NULL @param text bytes @param len how many @param out a new reference @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it
 * @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_content(casegate_host *host, const char *text, size_t len,
                                                        casegate_content **out, casegate_error *err);
/** Applies a merge patch (RFC 7396). @param host or NULL @param from the content to change @param text the patch
 * @param len bytes of it @param out a new reference @param err may be NULL @retval CASEGATE_OK done
 * @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_json_patch_content(casegate_host *host, const casegate_content *from, const char *text,
                                                         size_t len, casegate_content **out, casegate_error *err);
/** Writes a content. @param content the content @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_content(const casegate_content *content, uint32_t indent, casegate_buffer *out);

/** Reads a list of files, as in a rejection. The pointers live in one block that casegate_json_free_files() frees.
 * @param host or NULL @param text bytes @param len how many @param out the files @param count how many @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID only what cannot be a list of files; form is judged by casegate_decide() @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_files(casegate_host *host, const char *text, size_t len,
                                                      const casegate_file *const **out, size_t *count, casegate_error *err);
/** @param host as given to the reader @param files from casegate_json_read_files(), or NULL @since 1.0 */
CASEGATE_API void casegate_json_free_files(casegate_host *host, const casegate_file *const *files);
/** Writes a list of files. @param files pointers @param count how many @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_files(const casegate_file *const *files, size_t count, uint32_t indent,
                                                       casegate_buffer *out);
/** Reads labels, {"en": "..."}. @param host or NULL @param text bytes @param len how many @param out one block, see
 * casegate_json_free_labels() @param count how many @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it
 * @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_labels(casegate_host *host, const char *text, size_t len,
                                                       const casegate_label *const **out, size_t *count, casegate_error *err);
/** @param host as given to the reader @param labels from casegate_json_read_labels(), or NULL @since 1.0 */
CASEGATE_API void casegate_json_free_labels(casegate_host *host, const casegate_label *const *labels);
/** Writes labels. @param labels pointers @param count how many @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_labels(const casegate_label *const *labels, size_t count, uint32_t indent,
                                                        casegate_buffer *out);
/** Reads a list of texts. @param host or NULL @param text bytes @param len how many
 * @param out one block, see casegate_json_free_lines() @param count how many @param err may be NULL @retval CASEGATE_OK done
 * @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_lines(casegate_host *host, const char *text, size_t len,
                                                      const char *const **out, size_t *count, casegate_error *err);
/** @param host as given to the reader @param lines from casegate_json_read_lines(), or NULL @since 1.0 */
CASEGATE_API void casegate_json_free_lines(casegate_host *host, const char *const *lines);
/** Writes a list of texts. @param lines pointers @param count how many @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_lines(const char *const *lines, size_t count, uint32_t indent,
                                                       casegate_buffer *out);

/** Writes a head; statuses by name. @param head the head @param workflow of the case, for the names; NULL: numbers
 * @param indent see above @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_case(const casegate_head *head, const casegate_workflow *workflow,
                                                      uint32_t indent, casegate_buffer *out);
/** Reads a head. @param host or NULL @param workflow for the names; NULL: intake @param text bytes @param len how many
 * @param out freed with casegate_head_free() @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_case(casegate_host *host, const casegate_workflow *workflow, const char *text,
                                                     size_t len, casegate_head **out, casegate_error *err);
/** Writes an event; `from` of a migration, a status of another definition, by number. @param event the event
 * @param workflow of the event, as casegate_json_write_case() @param indent see above
 * @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_event(const casegate_event *event, const casegate_workflow *workflow,
                                                       uint32_t indent, casegate_buffer *out);
/** Reads an event. @param host or NULL @param workflow as casegate_json_read_case() @param text bytes @param len how many
 * @param out freed with casegate_event_free() @param err may be NULL @retval CASEGATE_OK done
 * @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_event(casegate_host *host, const casegate_workflow *workflow, const char *text,
                                                      size_t len, casegate_event **out, casegate_error *err);
/** Writes a notice. @param notice the notice @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_notice(const casegate_notice *notice, uint32_t indent, casegate_buffer *out);
/** Reads a notice. @param host or NULL @param text bytes @param len how many @param out freed with casegate_notice_free()
 * @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_notice(casegate_host *host, const char *text, size_t len, casegate_notice **out,
                                                       casegate_error *err);

/** Writes a verdict: a list of obstacles, each {code, parameters..., sentence, remedy}. @param verdict the verdict
 * @param indent see above @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_verdict(const casegate_verdict *verdict, uint32_t indent, casegate_buffer *out);
/** Writes findings: a list of {code, level, subject, suggests}. @param findings the findings @param indent see above
 * @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_findings(const casegate_findings *findings, uint32_t indent,
                                                          casegate_buffer *out);
/** Reads a policy; what is left out is the default. @param host or NULL @param text bytes @param len how many
 * @param out a new reference @param err may be NULL @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_policy(casegate_host *host, const char *text, size_t len, casegate_policy **out,
                                                       casegate_error *err);
/** Writes a policy, whole. @param policy the policy @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_policy(const casegate_policy *policy, uint32_t indent, casegate_buffer *out);
/** Writes a workflow definition (format casegate-workflow/1). @param workflow the definition @param indent see above
 * @param out gets it @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_workflow(const casegate_workflow *workflow, uint32_t indent,
                                                          casegate_buffer *out);
/**
 * Reads a workflow definition (format casegate-workflow/1, docs/workflows.md) and verifies it.
 * @param host or NULL @param text bytes @param len how many @param out a new reference @param faults gets every fault at once; may be NULL
 * @param err may be NULL; `field` is the path ("actions[ship].roles")
 * @retval CASEGATE_OK done @retval CASEGATE_REFUSED the definition has faults @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID malformed @since 1.0
 */
CASEGATE_API casegate_result casegate_json_read_workflow(casegate_host *host, const char *text, size_t len,
                                                         casegate_workflow **out, casegate_faults *faults, casegate_error *err);
/**
 * Reads a mapping (format casegate-mapping/1, docs/workflows.md) and verifies it.
 * @param host or NULL @param workflows the definitions that it can name, beside the built-in ones; may be NULL @param count how many
 * @param text bytes @param len how many @param out a new reference @param faults gets every fault at once; may be NULL
 * @param err may be NULL; `field` is the path ("from.version"); "from" or "to": there is no such definition
 * @retval CASEGATE_OK done @retval CASEGATE_REFUSED the mapping has faults @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID malformed @since 1.0
 */
CASEGATE_API casegate_result casegate_json_read_mapping(casegate_host *host, const casegate_workflow *const *workflows,
                                                        size_t count, const char *text, size_t len, casegate_mapping **out,
                                                        casegate_faults *faults, casegate_error *err);
/** Writes a mapping (format casegate-mapping/1). @param mapping the mapping @param indent see above @param out gets it
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_mapping(const casegate_mapping *mapping, uint32_t indent, casegate_buffer *out);
/** One member of an object. @since 1.0 */
typedef struct casegate_json_member {
    size_t size;         /**< sizeof(casegate_json_member) of the library */
    const char *name;    /**< of the member */
    const char *value;   /**< as JSON on one line, for the reader of such a value */
    const char *text;    /**< the text itself where the value is one; else NULL */
} casegate_json_member;
/** Reads an object one level deep: for documents that hold values of this header among others. @param host or NULL @param text bytes
 * @param len how many @param out the members, in the order of the document, behind the last NULL; one block, see
 * casegate_json_free_members() @param count how many @param err may be NULL @retval CASEGATE_OK done
 * @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed, or not an object @since 1.0 */
CASEGATE_API casegate_result casegate_json_read_members(casegate_host *host, const char *text, size_t len,
                                                        const casegate_json_member *const **out, size_t *count, casegate_error *err);
/** @param host as given to the reader @param members from casegate_json_read_members(), or NULL @since 1.0 */
CASEGATE_API void casegate_json_free_members(casegate_host *host, const casegate_json_member *const *members);
/** Writes a text as a JSON string. @param text UTF-8, NULL: null @param out gets it @retval CASEGATE_OK done
 * @retval CASEGATE_E_NOMEM no memory @since 1.0 */
CASEGATE_API casegate_result casegate_json_write_text(const char *text, casegate_buffer *out);

typedef struct casegate_people casegate_people;   /**< actors by name, immutable @since 1.0 */
/** Reads {"lena": {"role": "lab_user", "org": "lab-one", "id": ..., "name": ..., "permissions": [...]}}; id is the name unless
 * given; without permissions casegate_role_permissions(). @param host or NULL
 * @param workflow for permission names; NULL: intake @param text bytes @param len how many @param out the people
 * @param err may be NULL; `field`: "lena.role" @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory
 * @retval CASEGATE_E_INVALID malformed; `field` names it @since 1.0 */
CASEGATE_API casegate_result casegate_people_read(casegate_host *host, const casegate_workflow *workflow, const char *text,
                                                  size_t len, casegate_people **out, casegate_error *err);
/** @param people or NULL @since 1.0 */
CASEGATE_API void casegate_people_free(casegate_people *people);
/** @param people the people @returns how many @since 1.0 */
CASEGATE_API size_t casegate_people_count(const casegate_people *people);
/** @param people the people @param i from 0, in the order of the file @returns the name, NULL beyond the last @since 1.0 */
CASEGATE_API const char *casegate_people_name(const casegate_people *people, size_t i);
/** @param people the people @param name of one @returns borrowed, NULL if there is none @since 1.0 */
CASEGATE_API const casegate_actor *casegate_people_find(const casegate_people *people, const char *name);
/** @param people the people @param role of an actor @param org of an actor, or NULL @param id of an actor
 * @returns the name, NULL if there is none @since 1.0 */
CASEGATE_API const char *casegate_people_name_of(const casegate_people *people, int32_t role, const char *org, const char *id);

#ifdef __cplusplus
}
#endif
#endif
