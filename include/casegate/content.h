/* SPDX-License-Identifier: MIT */
/* content.h: what the clinic prescribes: an immutable value, its builder, its differences. */
#ifndef CASEGATE_CONTENT_H
#define CASEGATE_CONTENT_H

#include <casegate/base.h>

/**
 * @file content.h
 * @brief What the clinic prescribes: everything that an edit can change.
 *
 * A content is immutable and counted. In it absent, NULL, empty text and empty list are the same thing. The builder judges
 * form (encoding, control characters, ids, duplicates, dates, signs); casegate_decide() judges limits.
 * Teeth are numbered as in ISO 3950:2016; whether they are valid is a finding of the review, not an error.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Fields of a content. The numbers are for ever: they are also the tags of the canonical form. @since 1.0 */
enum {
    CASEGATE_CONTENT_REFERENCE = 1,           /**< `reference`: the clinic's own number of the case */
    CASEGATE_CONTENT_PATIENT_NAME = 2,        /**< `patient.name` */
    CASEGATE_CONTENT_PATIENT_ID = 3,          /**< `patient.id` */
    CASEGATE_CONTENT_PATIENT_BIRTH_DATE = 4,  /**< `patient.birth_date`, YYYY-MM-DD */
    CASEGATE_CONTENT_PATIENT_SEX = 5,         /**< `patient.sex` */
    CASEGATE_CONTENT_DENTIST_ID = 6,          /**< `dentist.id`: the actor id of the dentist on record */
    CASEGATE_CONTENT_DENTIST_NAME = 7,        /**< `dentist.name` */
    CASEGATE_CONTENT_DENTIST_EMAIL = 8,       /**< `dentist.email` */
    CASEGATE_CONTENT_CLINIC_NAME = 9,         /**< `clinic.name` */
    CASEGATE_CONTENT_CLINIC_EMAIL = 10,       /**< `clinic.email` */
    CASEGATE_CONTENT_INSTRUCTIONS = 11,       /**< `instructions`: free text for the lab */
    CASEGATE_CONTENT_SCAN_METHOD = 12,        /**< `scan_method`: digital_upload, scanner_portal, physical_impression, or a host's word */
    CASEGATE_CONTENT_DUE = 13,                /**< `due`: delivery date, YYYY-MM-DD */
    CASEGATE_CONTENT_REMAKE_OF = 14,          /**< `remake_of`: id of the case that this one replaces */
    CASEGATE_CONTENT_SERVICES = 15,           /**< `services`, a list */
    CASEGATE_CONTENT_ANSWERS = 16,            /**< `answers`, a list: prescription questions and responses */
    CASEGATE_CONTENT_FILES = 17               /**< `files`, a list */
};

/** One ordered item. @since 1.0 */
typedef struct casegate_service {
    size_t size;                /**< sizeof(casegate_service) */
    const char *id;             /**< required, unique among the services */
    const char *code;           /**< what the lab offers: "crown" */
    const char *name;           /**< for people */
    const char *material;       /**< "zirconia" */
    const char *shade;          /**< "A2" */
    const char *notes;          /**< free text */
    const char *due;            /**< YYYY-MM-DD, if other than the case's */
    const char *const *teeth;   /**< tooth numbers, ISO 3950 */
    size_t tooth_count;         /**< how many */
    int32_t quantity;           /**< 1 or more; 0 counts as 1 */
} casegate_service;

/** One question of the prescription, with its response. @since 1.0 */
typedef struct casegate_answer {
    size_t size;            /**< sizeof(casegate_answer) */
    const char *id;         /**< required, unique among the answers */
    const char *service;    /**< id of the service that it is about */
    const char *question;   /**< free text */
    const char *response;   /**< free text */
    int32_t required;       /**< 1: a response is required */
} casegate_answer;

/** What is known of a file; the bytes stay with the host. @since 1.0 */
typedef struct casegate_file {
    size_t size;              /**< sizeof(casegate_file) */
    const char *id;           /**< required, unique among the files */
    const char *kind;         /**< scan, image or document */
    const char *name;         /**< file name without path separators */
    const char *media_type;   /**< IANA media type: "model/stl" */
    const char *sha256;       /**< 64 hexadecimal digits */
    const char *uri;          /**< where the host keeps it */
    int64_t bytes;            /**< its size, JSON member `size`; read only if size_known */
    int32_t size_known;       /**< 0: the size is unknown; 1: bytes holds it */
} casegate_file;

/** @param service emptied, size set @param size sizeof(casegate_service) of the caller @since 1.0 */
CASEGATE_API void casegate_service_init(casegate_service *service, size_t size);
/** @param answer emptied, size set @param size sizeof(casegate_answer) of the caller @since 1.0 */
CASEGATE_API void casegate_answer_init(casegate_answer *answer, size_t size);
/** @param file emptied, size set @param size sizeof(casegate_file) of the caller @since 1.0 */
CASEGATE_API void casegate_file_init(casegate_file *file, size_t size);

typedef struct casegate_content casegate_content;                   /**< immutable, counted @since 1.0 */
typedef struct casegate_content_builder casegate_content_builder;   /**< one thread at a time @since 1.0 */
typedef struct casegate_paths casegate_paths;                       /**< a sorted list of field paths @since 1.0 */

/**
 * Begins a content. The first failure (memory, form) sticks: later calls do nothing and finish reports it.
 * @param host or NULL @param from a content to start from, NULL: empty @returns the builder, NULL without memory @since 1.0
 */
CASEGATE_API casegate_content_builder *casegate_content_builder_new(casegate_host *host, const casegate_content *from);
/** Gives up. @param builder or NULL @since 1.0 */
CASEGATE_API void casegate_content_builder_free(casegate_content_builder *builder);
/** Sets a text field. @param builder or NULL @param field CASEGATE_CONTENT_REFERENCE to _REMAKE_OF
 * @param value copied; NULL or "" clears it @since 1.0 */
CASEGATE_API void casegate_content_set(casegate_content_builder *builder, int32_t field, const char *value);
/** Adds a service at the end. @param builder or NULL @param service copied @since 1.0 */
CASEGATE_API void casegate_content_add_service(casegate_content_builder *builder, const casegate_service *service);
/** Adds an answer at the end. @param builder or NULL @param answer copied @since 1.0 */
CASEGATE_API void casegate_content_add_answer(casegate_content_builder *builder, const casegate_answer *answer);
/** Adds a file at the end. @param builder or NULL @param file copied @since 1.0 */
CASEGATE_API void casegate_content_add_file(casegate_content_builder *builder, const casegate_file *file);
/** Removes from a list. @param builder or NULL @param list CASEGATE_CONTENT_SERVICES, _ANSWERS or _FILES @param id of the
 * element, NULL: all; an id that is not there is no failure @since 1.0 */
CASEGATE_API void casegate_content_remove(casegate_content_builder *builder, int32_t list, const char *id);
/**
 * Makes the content. Consumes the builder in every case.
 * @param builder NULL counts as "no memory" @param out the content, a new reference @param err may be NULL; `field` is the path
 * of the first malformed value ("services[s1].due"; an element without an id is named by its place, "services[#0].id") and
 * `host_code` its CASEGATE_PROBLEM_...
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_INVALID malformed; `field` names it
 * @retval CASEGATE_E_ABI an element's size cannot be @since 1.0
 */
CASEGATE_API casegate_result casegate_content_builder_finish(casegate_content_builder *builder, casegate_content **out,
                                                             casegate_error *err);

/** @param content or NULL @returns content, with one reference more @since 1.0 */
CASEGATE_API casegate_content *casegate_content_ref(const casegate_content *content);
/** @param content or NULL @since 1.0 */
CASEGATE_API void casegate_content_unref(const casegate_content *content);
/** @param content the content @param field CASEGATE_CONTENT_REFERENCE to _REMAKE_OF @returns its text, borrowed; "" if absent
 * @since 1.0 */
CASEGATE_API const char *casegate_content_get(const casegate_content *content, int32_t field);
/** @param content the content @returns how many services @since 1.0 */
CASEGATE_API size_t casegate_content_service_count(const casegate_content *content);
/** @param content the content @param i from 0 @returns borrowed, NULL beyond the last; its texts are never NULL @since 1.0 */
CASEGATE_API const casegate_service *casegate_content_service(const casegate_content *content, size_t i);
/** @param content the content @returns how many answers @since 1.0 */
CASEGATE_API size_t casegate_content_answer_count(const casegate_content *content);
/** @param content the content @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_answer *casegate_content_answer(const casegate_content *content, size_t i);
/** @param content the content @returns how many files @since 1.0 */
CASEGATE_API size_t casegate_content_file_count(const casegate_content *content);
/** @param content the content @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const casegate_file *casegate_content_file(const casegate_content *content, size_t i);

/**
 * Canonical form 1, which digests are made of (docs/canonical.md). @param content the content @param out gets the bytes appended
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0
 */
CASEGATE_API casegate_result casegate_content_canonical(const casegate_content *content, casegate_buffer *out);
/** @param content the content @returns bytes of its canonical form: what the limit `content` judges @since 1.0 */
CASEGATE_API size_t casegate_content_size(const casegate_content *content);
/**
 * The salted digest of a content: "1:" and 64 hexadecimal digits. @param content the content @param salt text, "" or NULL: none
 * @param out 67 bytes @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @retval CASEGATE_E_HOST the digest hook failed @since 1.0
 */
CASEGATE_API casegate_result casegate_content_digest(const casegate_content *content, const char *salt, char out[67],
                                                     casegate_error *err);
/**
 * The field paths in which two contents differ, sorted by bytes. @param a a content, NULL: empty @param b likewise
 * @param out the paths, the caller's; empty if they are equal @param err may be NULL
 * @retval CASEGATE_OK done @retval CASEGATE_E_NOMEM no memory @since 1.0
 */
CASEGATE_API casegate_result casegate_content_diff(const casegate_content *a, const casegate_content *b, casegate_paths **out,
                                                   casegate_error *err);
/** @param paths the paths @returns how many @since 1.0 */
CASEGATE_API size_t casegate_paths_count(const casegate_paths *paths);
/** @param paths the paths @param i from 0 @returns borrowed, NULL beyond the last @since 1.0 */
CASEGATE_API const char *casegate_paths_at(const casegate_paths *paths, size_t i);
/** @param paths or NULL @since 1.0 */
CASEGATE_API void casegate_paths_free(casegate_paths *paths);

#ifdef __cplusplus
}
#endif
#endif
