/* SPDX-License-Identifier: MIT */
/* abi.c: the layout and the numbers of the public headers as they were shipped: compiles only while the promise of docs/abi.md holds. */
#include <casegate/casegate.h>
#include <casegate/json.h>
#include <casegate/mail.h>
#include <casegate/postgres.h>
#include <casegate/smtp.h>
#include <casegate/sqlite.h>
#include <casegate/testkit.h>

/*
 * On LP64 (Linux on 64-bit machines). A line may be added; a size may grow with a member appended at the end, which gets a line
 * of its own. Nothing else here may ever change.
 */
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "size of " #type)
#define AT(type, member, bytes) _Static_assert(offsetof(type, member) == (bytes), "place of " #member " in " #type)
#define VALUE(name, number) _Static_assert((name) == (number), "value of " #name)

#if defined(__LP64__)

SIZE(casegate_error, 368);
AT(casegate_error, size, 0);
AT(casegate_error, code, 8);
AT(casegate_error, host_code, 12);
AT(casegate_error, field, 16);
AT(casegate_error, text, 112);

SIZE(casegate_host_ops, 88);
AT(casegate_host_ops, size, 0);
AT(casegate_host_ops, user, 8);
AT(casegate_host_ops, destroy, 16);
AT(casegate_host_ops, alloc, 24);
AT(casegate_host_ops, resize, 32);
AT(casegate_host_ops, release, 40);
AT(casegate_host_ops, now_us, 48);
AT(casegate_host_ops, new_id, 56);
AT(casegate_host_ops, random, 64);
AT(casegate_host_ops, digest, 72);
AT(casegate_host_ops, seal_key, 80);

SIZE(casegate_member, 40);
AT(casegate_member, size, 0);
AT(casegate_member, name, 8);
AT(casegate_member, tag, 16);
AT(casegate_member, kind, 20);
AT(casegate_member, offset, 24);
AT(casegate_member, count_offset, 28);
AT(casegate_member, limit, 32);

SIZE(casegate_service, 88);
AT(casegate_service, size, 0);
AT(casegate_service, id, 8);
AT(casegate_service, code, 16);
AT(casegate_service, name, 24);
AT(casegate_service, material, 32);
AT(casegate_service, shade, 40);
AT(casegate_service, notes, 48);
AT(casegate_service, due, 56);
AT(casegate_service, teeth, 64);
AT(casegate_service, tooth_count, 72);
AT(casegate_service, quantity, 80);

SIZE(casegate_answer, 48);
AT(casegate_answer, size, 0);
AT(casegate_answer, id, 8);
AT(casegate_answer, service, 16);
AT(casegate_answer, question, 24);
AT(casegate_answer, response, 32);
AT(casegate_answer, required, 40);

SIZE(casegate_file, 72);
AT(casegate_file, size, 0);
AT(casegate_file, id, 8);
AT(casegate_file, kind, 16);
AT(casegate_file, name, 24);
AT(casegate_file, media_type, 32);
AT(casegate_file, sha256, 40);
AT(casegate_file, uri, 48);
AT(casegate_file, bytes, 56);
AT(casegate_file, size_known, 64);

SIZE(casegate_head, 200);
AT(casegate_head, size, 0);
AT(casegate_head, id, 8);
AT(casegate_head, clinic, 16);
AT(casegate_head, lab, 24);
AT(casegate_head, workflow, 32);
AT(casegate_head, workflow_version, 40);
AT(casegate_head, status, 44);
AT(casegate_head, phase, 48);
AT(casegate_head, version, 52);
AT(casegate_head, revision, 56);
AT(casegate_head, attempt, 60);
AT(casegate_head, created_us, 64);
AT(casegate_head, submitted_us, 72);
AT(casegate_head, decided_us, 80);
AT(casegate_head, decided_by, 88);
AT(casegate_head, reason, 96);
AT(casegate_head, rejected_seq, 104);
AT(casegate_head, first_submitted_seq, 108);
AT(casegate_head, first_submitted_revision, 112);
AT(casegate_head, content_digest, 120);
AT(casegate_head, event_hash, 128);
AT(casegate_head, dentist, 136);
AT(casegate_head, clinic_email, 144);
AT(casegate_head, dentist_email, 152);
AT(casegate_head, reference, 160);
AT(casegate_head, patient_name, 168);
AT(casegate_head, dentist_name, 176);
AT(casegate_head, due, 184);
AT(casegate_head, service_count, 192);

SIZE(casegate_label, 24);
AT(casegate_label, size, 0);
AT(casegate_label, language, 8);
AT(casegate_label, text, 16);

SIZE(casegate_event, 248);
AT(casegate_event, size, 0);
AT(casegate_event, case_id, 8);
AT(casegate_event, clinic, 16);
AT(casegate_event, lab, 24);
AT(casegate_event, workflow, 32);
AT(casegate_event, workflow_version, 40);
AT(casegate_event, seq, 44);
AT(casegate_event, time_us, 48);
AT(casegate_event, actor, 56);
AT(casegate_event, actor_role, 64);
AT(casegate_event, actor_org, 72);
AT(casegate_event, action, 80);
AT(casegate_event, from, 84);
AT(casegate_event, to, 88);
AT(casegate_event, revision, 92);
AT(casegate_event, attempt, 96);
AT(casegate_event, reason, 104);
AT(casegate_event, reason_labels, 112);
AT(casegate_event, reason_label_count, 120);
AT(casegate_event, comment, 128);
AT(casegate_event, files, 136);
AT(casegate_event, file_count, 144);
AT(casegate_event, changed, 152);
AT(casegate_event, changed_count, 160);
AT(casegate_event, request, 168);
AT(casegate_event, request_digest, 176);
AT(casegate_event, content_digest, 184);
AT(casegate_event, text_digest, 192);
AT(casegate_event, salt, 200);
AT(casegate_event, policy, 208);
AT(casegate_event, key, 216);
AT(casegate_event, previous_hash, 224);
AT(casegate_event, hash, 232);
AT(casegate_event, erased, 240);

SIZE(casegate_notice, 216);
AT(casegate_notice, size, 0);
AT(casegate_notice, id, 8);
AT(casegate_notice, case_id, 16);
AT(casegate_notice, seq, 24);
AT(casegate_notice, ordinal, 28);
AT(casegate_notice, template_code, 32);
AT(casegate_notice, channel, 40);
AT(casegate_notice, to, 48);
AT(casegate_notice, org, 56);
AT(casegate_notice, person, 64);
AT(casegate_notice, address, 72);
AT(casegate_notice, mutable_, 80);
AT(casegate_notice, clinic, 88);
AT(casegate_notice, lab, 96);
AT(casegate_notice, reference, 104);
AT(casegate_notice, attempt, 112);
AT(casegate_notice, time_us, 120);
AT(casegate_notice, reason, 128);
AT(casegate_notice, reason_labels, 136);
AT(casegate_notice, reason_label_count, 144);
AT(casegate_notice, comment, 152);
AT(casegate_notice, files, 160);
AT(casegate_notice, file_count, 168);
AT(casegate_notice, state, 176);
AT(casegate_notice, tries, 180);
AT(casegate_notice, next_us, 184);
AT(casegate_notice, lease, 192);
AT(casegate_notice, last_error, 200);
AT(casegate_notice, read, 208);

SIZE(casegate_status, 40);
AT(casegate_status, size, 0);
AT(casegate_status, code, 8);
AT(casegate_status, phase, 12);
AT(casegate_status, name, 16);
AT(casegate_status, labels, 24);
AT(casegate_status, label_count, 32);

SIZE(casegate_action, 56);
AT(casegate_action, size, 0);
AT(casegate_action, code, 8);
AT(casegate_action, does, 12);
AT(casegate_action, name, 16);
AT(casegate_action, roles, 24);
AT(casegate_action, needs, 28);
AT(casegate_action, permission, 32);
AT(casegate_action, guards, 40);
AT(casegate_action, guard_count, 48);

SIZE(casegate_transition, 24);
AT(casegate_transition, size, 0);
AT(casegate_transition, action, 8);
AT(casegate_transition, from, 12);
AT(casegate_transition, to, 16);

SIZE(casegate_notice_rule, 32);
AT(casegate_notice_rule, size, 0);
AT(casegate_notice_rule, action, 8);
AT(casegate_notice_rule, to, 12);
AT(casegate_notice_rule, channel, 16);
AT(casegate_notice_rule, mutable_, 24);

SIZE(casegate_fault, 40);
AT(casegate_fault, size, 0);
AT(casegate_fault, code, 8);
AT(casegate_fault, name, 16);
AT(casegate_fault, place, 24);
AT(casegate_fault, text, 32);

SIZE(casegate_reason, 40);
AT(casegate_reason, size, 0);
AT(casegate_reason, code, 8);
AT(casegate_reason, needs, 16);
AT(casegate_reason, labels, 24);
AT(casegate_reason, label_count, 32);

SIZE(casegate_actor_fields, 48);
AT(casegate_actor_fields, size, 0);
AT(casegate_actor_fields, id, 8);
AT(casegate_actor_fields, name, 16);
AT(casegate_actor_fields, org, 24);
AT(casegate_actor_fields, role, 32);
AT(casegate_actor_fields, permissions, 40);

SIZE(casegate_request, 128);
AT(casegate_request, size, 0);
AT(casegate_request, action, 8);
AT(casegate_request, revision, 12);
AT(casegate_request, case_id, 16);
AT(casegate_request, held, 24);
AT(casegate_request, lab, 32);
AT(casegate_request, service, 40);
AT(casegate_request, reason, 48);
AT(casegate_request, comment, 56);
AT(casegate_request, files, 64);
AT(casegate_request, file_count, 72);
AT(casegate_request, content, 80);
AT(casegate_request, request, 88);
AT(casegate_request, submit, 96);
AT(casegate_request, clinic, 104);
AT(casegate_request, status, 112);
AT(casegate_request, attempt, 116);
AT(casegate_request, mapping, 120);

SIZE(casegate_guard_answer, 24);
AT(casegate_guard_answer, size, 0);
AT(casegate_guard_answer, name, 8);
AT(casegate_guard_answer, refused, 16);

SIZE(casegate_facts, 120);
AT(casegate_facts, size, 0);
AT(casegate_facts, workflow, 8);
AT(casegate_facts, policy, 16);
AT(casegate_facts, kase, 24);
AT(casegate_facts, now_us, 32);
AT(casegate_facts, new_case_id, 40);
AT(casegate_facts, content, 48);
AT(casegate_facts, reviewed, 56);
AT(casegate_facts, guards, 64);
AT(casegate_facts, guard_count, 72);
AT(casegate_facts, prior, 80);
AT(casegate_facts, prior_notices, 88);
AT(casegate_facts, prior_notice_count, 96);
AT(casegate_facts, request_digest, 104);
AT(casegate_facts, content_erased, 112);

SIZE(casegate_obstacle, 64);
AT(casegate_obstacle, size, 0);
AT(casegate_obstacle, code, 8);
AT(casegate_obstacle, name, 16);
AT(casegate_obstacle, subject, 24);
AT(casegate_obstacle, value, 32);
AT(casegate_obstacle, given, 40);
AT(casegate_obstacle, current, 44);
AT(casegate_obstacle, at_us, 48);
AT(casegate_obstacle, list_count, 56);

SIZE(casegate_parameter, 24);
AT(casegate_parameter, size, 0);
AT(casegate_parameter, name, 8);
AT(casegate_parameter, in, 16);

SIZE(casegate_finding, 40);
AT(casegate_finding, size, 0);
AT(casegate_finding, code, 8);
AT(casegate_finding, level, 12);
AT(casegate_finding, name, 16);
AT(casegate_finding, subject, 24);
AT(casegate_finding, suggests, 32);

SIZE(casegate_commit, 72);
AT(casegate_commit, size, 0);
AT(casegate_commit, before, 8);
AT(casegate_commit, after, 16);
AT(casegate_commit, content, 24);
AT(casegate_commit, content_salt, 32);
AT(casegate_commit, events, 40);
AT(casegate_commit, event_count, 48);
AT(casegate_commit, notices, 56);
AT(casegate_commit, notice_count, 64);

SIZE(casegate_detail, 32);
AT(casegate_detail, size, 0);
AT(casegate_detail, name, 8);
AT(casegate_detail, value, 16);
AT(casegate_detail, problem, 24);

SIZE(casegate_stored_content, 48);
AT(casegate_stored_content, size, 0);
AT(casegate_stored_content, revision, 8);
AT(casegate_stored_content, content, 16);
AT(casegate_stored_content, digest, 24);
AT(casegate_stored_content, salt, 32);
AT(casegate_stored_content, erased, 40);

SIZE(casegate_load, 64);
AT(casegate_load, size, 0);
AT(casegate_load, case_id, 8);
AT(casegate_load, lab, 16);
AT(casegate_load, request, 24);
AT(casegate_load, request_org, 32);
AT(casegate_load, request_actor, 40);
AT(casegate_load, request_lab, 48);
AT(casegate_load, to_change, 56);

SIZE(casegate_query, 88);
AT(casegate_query, size, 0);
AT(casegate_query, clinic, 8);
AT(casegate_query, lab, 16);
AT(casegate_query, submitted_only, 24);
AT(casegate_query, status, 28);
AT(casegate_query, phase, 32);
AT(casegate_query, order, 36);
AT(casegate_query, before_us, 40);
AT(casegate_query, after_id, 48);
AT(casegate_query, after_us, 56);
AT(casegate_query, after_due, 64);
AT(casegate_query, after_created_us, 72);
AT(casegate_query, limit, 80);

SIZE(casegate_store_ops, 144);
AT(casegate_store_ops, size, 0);
AT(casegate_store_ops, user, 8);
AT(casegate_store_ops, destroy, 16);
AT(casegate_store_ops, load, 24);
AT(casegate_store_ops, content, 32);
AT(casegate_store_ops, commit, 40);
AT(casegate_store_ops, list, 48);
AT(casegate_store_ops, history, 56);
AT(casegate_store_ops, claim, 64);
AT(casegate_store_ops, settle, 72);
AT(casegate_store_ops, inbox, 80);
AT(casegate_store_ops, mark_read, 88);
AT(casegate_store_ops, notices, 96);
AT(casegate_store_ops, requeue, 104);
AT(casegate_store_ops, add_notice, 112);
AT(casegate_store_ops, purge, 120);
AT(casegate_store_ops, erase, 128);
AT(casegate_store_ops, describe, 136);

SIZE(casegate_message, 40);
AT(casegate_message, size, 0);
AT(casegate_message, notice, 8);
AT(casegate_message, address, 16);
AT(casegate_message, name, 24);
AT(casegate_message, language, 32);

SIZE(casegate_notifier_ops, 32);
AT(casegate_notifier_ops, size, 0);
AT(casegate_notifier_ops, user, 8);
AT(casegate_notifier_ops, destroy, 16);
AT(casegate_notifier_ops, deliver, 24);

SIZE(casegate_call, 32);
AT(casegate_call, size, 0);
AT(casegate_call, actor, 8);
AT(casegate_call, context, 16);
AT(casegate_call, language, 24);

SIZE(casegate_guard, 48);
AT(casegate_guard, size, 0);
AT(casegate_guard, action, 8);
AT(casegate_guard, name, 16);
AT(casegate_guard, user, 24);
AT(casegate_guard, destroy, 32);
AT(casegate_guard, ask, 40);

SIZE(casegate_observation, 96);
AT(casegate_observation, size, 0);
AT(casegate_observation, kind, 8);
AT(casegate_observation, of, 12);
AT(casegate_observation, result, 16);
AT(casegate_observation, action, 20);
AT(casegate_observation, count, 24);
AT(casegate_observation, reserved, 28);
AT(casegate_observation, duration_us, 32);
AT(casegate_observation, obstacles, 40);
AT(casegate_observation, case_id, 48);
AT(casegate_observation, lab, 56);
AT(casegate_observation, actor, 64);
AT(casegate_observation, org, 72);
AT(casegate_observation, channel, 80);
AT(casegate_observation, notice, 88);

SIZE(casegate_engine_ops, 48);
AT(casegate_engine_ops, size, 0);
AT(casegate_engine_ops, user, 8);
AT(casegate_engine_ops, destroy, 16);
AT(casegate_engine_ops, lab, 24);
AT(casegate_engine_ops, resolve, 32);
AT(casegate_engine_ops, observe, 40);

SIZE(casegate_engine_options, 112);
AT(casegate_engine_options, size, 0);
AT(casegate_engine_options, host, 8);
AT(casegate_engine_options, store, 16);
AT(casegate_engine_options, workflows, 24);
AT(casegate_engine_options, workflow_count, 32);
AT(casegate_engine_options, notifiers, 40);
AT(casegate_engine_options, notifier_count, 48);
AT(casegate_engine_options, guards, 56);
AT(casegate_engine_options, guard_count, 64);
AT(casegate_engine_options, ops, 72);
AT(casegate_engine_options, tell, 80);
AT(casegate_engine_options, require, 84);
AT(casegate_engine_options, lease_us, 88);
AT(casegate_engine_options, max_tries, 96);
AT(casegate_engine_options, max_conflicts, 100);
AT(casegate_engine_options, slow_us, 104);

SIZE(casegate_list, 48);
AT(casegate_list, size, 0);
AT(casegate_list, status, 8);
AT(casegate_list, requires_action, 12);
AT(casegate_list, order, 16);
AT(casegate_list, longer_than_us, 24);
AT(casegate_list, limit, 32);
AT(casegate_list, after, 40);

SIZE(casegate_verification, 40);
AT(casegate_verification, size, 0);
AT(casegate_verification, intact, 8);
AT(casegate_verification, erased, 12);
AT(casegate_verification, events, 16);
AT(casegate_verification, seq, 20);
AT(casegate_verification, problem, 24);
AT(casegate_verification, hash, 32);

SIZE(casegate_progress, 56);
AT(casegate_progress, size, 0);
AT(casegate_progress, seen, 8);
AT(casegate_progress, done, 16);
AT(casegate_progress, failed, 24);
AT(casegate_progress, case_id, 32);
AT(casegate_progress, result, 40);
AT(casegate_progress, error, 48);

SIZE(casegate_dispatched, 32);
AT(casegate_dispatched, size, 0);
AT(casegate_dispatched, delivered, 8);
AT(casegate_dispatched, failed, 12);
AT(casegate_dispatched, dead, 16);
AT(casegate_dispatched, lost, 20);
AT(casegate_dispatched, untried, 24);
AT(casegate_dispatched, unreadable, 28);

SIZE(casegate_drain, 48);
AT(casegate_drain, size, 0);
AT(casegate_drain, channel, 8);
AT(casegate_drain, context, 16);
AT(casegate_drain, limit, 24);
AT(casegate_drain, reserved, 28);
AT(casegate_drain, user, 32);
AT(casegate_drain, stop, 40);

SIZE(casegate_notice_query, 32);
AT(casegate_notice_query, size, 0);
AT(casegate_notice_query, state, 8);
AT(casegate_notice_query, limit, 12);
AT(casegate_notice_query, channel, 16);
AT(casegate_notice_query, after, 24);

SIZE(casegate_reminder, 48);
AT(casegate_reminder, size, 0);
AT(casegate_reminder, longer_than_us, 8);
AT(casegate_reminder, lab, 16);
AT(casegate_reminder, channels, 24);
AT(casegate_reminder, channel_count, 32);
AT(casegate_reminder, context, 40);

SIZE(casegate_reminded, 24);
AT(casegate_reminded, size, 0);
AT(casegate_reminded, cases, 8);
AT(casegate_reminded, made, 12);
AT(casegate_reminded, known, 16);

SIZE(casegate_template, 56);
AT(casegate_template, size, 0);
AT(casegate_template, lab, 8);
AT(casegate_template, code, 16);
AT(casegate_template, language, 24);
AT(casegate_template, subject, 32);
AT(casegate_template, text, 40);
AT(casegate_template, html, 48);

SIZE(casegate_mail_options, 64);
AT(casegate_mail_options, size, 0);
AT(casegate_mail_options, from, 8);
AT(casegate_mail_options, from_name, 16);
AT(casegate_mail_options, reply_to, 24);
AT(casegate_mail_options, domain, 32);
AT(casegate_mail_options, link, 40);
AT(casegate_mail_options, language, 48);
AT(casegate_mail_options, templates, 56);

SIZE(casegate_postgres_options, 56);
AT(casegate_postgres_options, size, 0);
AT(casegate_postgres_options, conninfo, 8);
AT(casegate_postgres_options, schema, 16);
AT(casegate_postgres_options, must_exist, 24);
AT(casegate_postgres_options, allow_weak, 28);
AT(casegate_postgres_options, partitions, 32);
AT(casegate_postgres_options, pool, 36);
AT(casegate_postgres_options, connect_ms, 40);
AT(casegate_postgres_options, acquire_ms, 44);
AT(casegate_postgres_options, statement_ms, 48);
AT(casegate_postgres_options, read_only, 52);

SIZE(casegate_smtp_options, 80);
AT(casegate_smtp_options, size, 0);
AT(casegate_smtp_options, url, 8);
AT(casegate_smtp_options, mail, 16);
AT(casegate_smtp_options, security, 24);
AT(casegate_smtp_options, unverified, 28);
AT(casegate_smtp_options, user, 32);
AT(casegate_smtp_options, password, 40);
AT(casegate_smtp_options, ca_file, 48);
AT(casegate_smtp_options, client, 56);
AT(casegate_smtp_options, channel, 64);
AT(casegate_smtp_options, connect_ms, 72);
AT(casegate_smtp_options, message_ms, 76);

SIZE(casegate_sqlite_options, 48);
AT(casegate_sqlite_options, size, 0);
AT(casegate_sqlite_options, path, 8);
AT(casegate_sqlite_options, db, 16);
AT(casegate_sqlite_options, prefix, 24);
AT(casegate_sqlite_options, must_exist, 32);
AT(casegate_sqlite_options, allow_weak, 36);
AT(casegate_sqlite_options, busy_ms, 40);
AT(casegate_sqlite_options, read_only, 44);

SIZE(casegate_scenario_options, 64);
AT(casegate_scenario_options, size, 0);
AT(casegate_scenario_options, back_end, 8);
AT(casegate_scenario_options, user, 16);
AT(casegate_scenario_options, open, 24);
AT(casegate_scenario_options, close, 32);
AT(casegate_scenario_options, line, 40);
AT(casegate_scenario_options, directory, 48);
AT(casegate_scenario_options, coverage, 56);

SIZE(casegate_contract_options, 80);
AT(casegate_contract_options, size, 0);
AT(casegate_contract_options, user, 8);
AT(casegate_contract_options, open, 16);
AT(casegate_contract_options, reopen, 24);
AT(casegate_contract_options, close, 32);
AT(casegate_contract_options, damage, 40);
AT(casegate_contract_options, line, 48);
AT(casegate_contract_options, only, 56);
AT(casegate_contract_options, open_again, 64);
AT(casegate_contract_options, one_thread, 72);

SIZE(casegate_contract_result, 24);
AT(casegate_contract_result, size, 0);
AT(casegate_contract_result, passed, 8);
AT(casegate_contract_result, failed, 12);
AT(casegate_contract_result, skipped, 16);

SIZE(casegate_walk_options, 64);
AT(casegate_walk_options, size, 0);
AT(casegate_walk_options, workflow, 8);
AT(casegate_walk_options, policy, 16);
AT(casegate_walk_options, longest, 24);
AT(casegate_walk_options, user, 32);
AT(casegate_walk_options, open, 40);
AT(casegate_walk_options, line, 48);
AT(casegate_walk_options, coverage, 56);

SIZE(casegate_walk_result, 48);
AT(casegate_walk_result, size, 0);
AT(casegate_walk_result, routes, 8);
AT(casegate_walk_result, requests, 16);
AT(casegate_walk_result, explanations, 24);
AT(casegate_walk_result, deviations, 32);
AT(casegate_walk_result, verified, 40);

SIZE(casegate_covered, 40);
AT(casegate_covered, size, 0);
AT(casegate_covered, workflow, 8);
AT(casegate_covered, version, 16);
AT(casegate_covered, kind, 20);
AT(casegate_covered, text, 24);
AT(casegate_covered, seen, 32);

SIZE(casegate_scenario_result, 24);
AT(casegate_scenario_result, size, 0);
AT(casegate_scenario_result, passed, 8);
AT(casegate_scenario_result, failed, 12);
AT(casegate_scenario_result, skipped, 16);

#endif

VALUE(CASEGATE_FAULT_NO_DRAFT, 1);
VALUE(CASEGATE_FAULT_DUPLICATE, 2);
VALUE(CASEGATE_FAULT_RESERVED, 3);
VALUE(CASEGATE_FAULT_UNKNOWN_PHASE, 4);
VALUE(CASEGATE_FAULT_UNKNOWN_STATUS, 5);
VALUE(CASEGATE_FAULT_UNKNOWN_ROLE, 6);
VALUE(CASEGATE_FAULT_UNKNOWN_PERMISSION, 7);
VALUE(CASEGATE_FAULT_UNKNOWN_NEED, 8);
VALUE(CASEGATE_FAULT_UNKNOWN_ACTION, 9);
VALUE(CASEGATE_FAULT_NO_TARGET, 10);
VALUE(CASEGATE_FAULT_AMBIGUOUS, 11);
VALUE(CASEGATE_FAULT_MIXED_KINDS, 12);
VALUE(CASEGATE_FAULT_UNREACHABLE, 13);
VALUE(CASEGATE_FAULT_DEAD_END, 14);
VALUE(CASEGATE_FAULT_LEAVES_ACCEPTED, 15);
VALUE(CASEGATE_FAULT_LEAVES_CLOSED, 16);
VALUE(CASEGATE_FAULT_RETURNS_TO_DRAFT, 17);
VALUE(CASEGATE_FAULT_EDITS_LOCKED, 18);
VALUE(CASEGATE_FAULT_EDITS_MIDWAY, 19);
VALUE(CASEGATE_FAULT_SKIPS_REVIEW, 20);
VALUE(CASEGATE_FAULT_UNREVIEWED, 21);
VALUE(CASEGATE_FAULT_UNREASONED, 22);
VALUE(CASEGATE_FAULT_UNDECIDABLE, 23);
VALUE(CASEGATE_FAULT_CLINIC_DECIDES, 24);
VALUE(CASEGATE_FAULT_LAB_EDITS, 25);
VALUE(CASEGATE_FAULT_SILENT_REJECTION, 26);
VALUE(CASEGATE_FAULT_UNMAPPED, 27);
VALUE(CASEGATE_FAULT_CHANGES_PHASE, 28);
VALUE(CASEGATE_FAULT_SKIPS_STEP, 29);
VALUE(CASEGATE_FAULT_SAME_DEFINITION, 30);
VALUE(CASEGATE_LONGEST_ROUTE, 1000);
VALUE(CASEGATE_OK, 0);
VALUE(CASEGATE_REFUSED, 1);
VALUE(CASEGATE_ABSENT, 2);
VALUE(CASEGATE_CONFLICT, 3);
VALUE(CASEGATE_JOINED, 4);
VALUE(CASEGATE_LATER, 5);
VALUE(CASEGATE_E_NOMEM, -1);
VALUE(CASEGATE_E_INVALID, -2);
VALUE(CASEGATE_E_HOST, -3);
VALUE(CASEGATE_E_CORRUPT, -4);
VALUE(CASEGATE_E_ABI, -5);
VALUE(CASEGATE_E_BUSY, -6);
VALUE(CASEGATE_E_UNSUPPORTED, -7);
VALUE(CASEGATE_E_UNKNOWN, -8);
VALUE(CASEGATE_E_MISSING_FACT, -9);
VALUE(CASEGATE_PROBLEM_MISSING, 1);
VALUE(CASEGATE_PROBLEM_TOO_LONG, 2);
VALUE(CASEGATE_PROBLEM_TOO_MANY, 3);
VALUE(CASEGATE_PROBLEM_ENCODING, 4);
VALUE(CASEGATE_PROBLEM_CONTROL, 5);
VALUE(CASEGATE_PROBLEM_FORMAT, 6);
VALUE(CASEGATE_PROBLEM_RANGE, 7);
VALUE(CASEGATE_PROBLEM_DUPLICATE, 8);
VALUE(CASEGATE_PROBLEM_UNKNOWN, 9);
VALUE(CASEGATE_VIEW_CONTENT, 1);
VALUE(CASEGATE_VIEW_SERVICE, 2);
VALUE(CASEGATE_VIEW_ANSWER, 3);
VALUE(CASEGATE_VIEW_FILE, 4);
VALUE(CASEGATE_VIEW_LABEL, 5);
VALUE(CASEGATE_VIEW_HEAD, 6);
VALUE(CASEGATE_VIEW_EVENT, 7);
VALUE(CASEGATE_VIEW_NOTICE, 8);
VALUE(CASEGATE_KIND_ID, 1);
VALUE(CASEGATE_KIND_LINE, 2);
VALUE(CASEGATE_KIND_TEXT, 3);
VALUE(CASEGATE_KIND_DATE, 4);
VALUE(CASEGATE_KIND_EMAIL, 5);
VALUE(CASEGATE_KIND_FILE_NAME, 6);
VALUE(CASEGATE_KIND_SHA256, 7);
VALUE(CASEGATE_KIND_URI, 8);
VALUE(CASEGATE_KIND_FILE_KIND, 9);
VALUE(CASEGATE_KIND_LINES, 10);
VALUE(CASEGATE_KIND_INT32, 11);
VALUE(CASEGATE_KIND_UINT32, 12);
VALUE(CASEGATE_KIND_INT64, 13);
VALUE(CASEGATE_KIND_BOOL, 14);
VALUE(CASEGATE_KIND_TIME, 15);
VALUE(CASEGATE_KIND_STATUS, 16);
VALUE(CASEGATE_KIND_ACTION, 17);
VALUE(CASEGATE_KIND_ROLE, 18);
VALUE(CASEGATE_KIND_PHASE, 19);
VALUE(CASEGATE_KIND_NOTICE_STATE, 20);
VALUE(CASEGATE_KIND_RECIPIENT, 21);
VALUE(CASEGATE_KIND_SERVICES, 22);
VALUE(CASEGATE_KIND_ANSWERS, 23);
VALUE(CASEGATE_KIND_FILES, 24);
VALUE(CASEGATE_KIND_LABELS, 25);

VALUE(CASEGATE_CONTENT_REFERENCE, 1);
VALUE(CASEGATE_CONTENT_PATIENT_NAME, 2);
VALUE(CASEGATE_CONTENT_PATIENT_ID, 3);
VALUE(CASEGATE_CONTENT_PATIENT_BIRTH_DATE, 4);
VALUE(CASEGATE_CONTENT_PATIENT_SEX, 5);
VALUE(CASEGATE_CONTENT_DENTIST_ID, 6);
VALUE(CASEGATE_CONTENT_DENTIST_NAME, 7);
VALUE(CASEGATE_CONTENT_DENTIST_EMAIL, 8);
VALUE(CASEGATE_CONTENT_CLINIC_NAME, 9);
VALUE(CASEGATE_CONTENT_CLINIC_EMAIL, 10);
VALUE(CASEGATE_CONTENT_INSTRUCTIONS, 11);
VALUE(CASEGATE_CONTENT_SCAN_METHOD, 12);
VALUE(CASEGATE_CONTENT_DUE, 13);
VALUE(CASEGATE_CONTENT_REMAKE_OF, 14);
VALUE(CASEGATE_CONTENT_SERVICES, 15);
VALUE(CASEGATE_CONTENT_ANSWERS, 16);
VALUE(CASEGATE_CONTENT_FILES, 17);

VALUE(CASEGATE_TO_CLINIC, 1);
VALUE(CASEGATE_TO_DENTIST, 2);
VALUE(CASEGATE_TO_LAB, 3);
VALUE(CASEGATE_NOTICE_PENDING, 1);
VALUE(CASEGATE_NOTICE_LEASED, 2);
VALUE(CASEGATE_NOTICE_DELIVERED, 3);
VALUE(CASEGATE_NOTICE_DEAD, 4);

VALUE(CASEGATE_PHASE_DRAFT, 1);
VALUE(CASEGATE_PHASE_PENDING, 2);
VALUE(CASEGATE_PHASE_ACCEPTED, 3);
VALUE(CASEGATE_PHASE_REJECTED, 4);
VALUE(CASEGATE_PHASE_CLOSED, 5);
VALUE(CASEGATE_DRAFT, 1);
VALUE(CASEGATE_RECEIVED, 2);
VALUE(CASEGATE_IN_PRODUCTION, 3);
VALUE(CASEGATE_REJECTED, 4);
VALUE(CASEGATE_CREATE, 1);
VALUE(CASEGATE_EDIT, 2);
VALUE(CASEGATE_SUBMIT, 3);
VALUE(CASEGATE_ACCEPT, 4);
VALUE(CASEGATE_REJECT, 5);
VALUE(CASEGATE_ADOPT, 6);
VALUE(CASEGATE_ERASE, 7);
VALUE(CASEGATE_MIGRATE, 8);
VALUE(CASEGATE_DOES_SUBMISSION, 1);
VALUE(CASEGATE_DOES_ACCEPTANCE, 2);
VALUE(CASEGATE_DOES_REJECTION, 3);
VALUE(CASEGATE_DOES_CLOSING, 4);
VALUE(CASEGATE_DOES_MOVE, 5);
VALUE(CASEGATE_DOES_EDIT, 6);
VALUE(CASEGATE_CLINIC_USER, 1);
VALUE(CASEGATE_DENTIST, 2);
VALUE(CASEGATE_LAB_USER, 3);
VALUE(CASEGATE_SYSTEM, 4);
VALUE(CASEGATE_MAY_VIEW, 1);
VALUE(CASEGATE_MAY_EDIT, 2);
VALUE(CASEGATE_MAY_SUBMIT, 4);
VALUE(CASEGATE_MAY_ACCEPT, 8);
VALUE(CASEGATE_MAY_REJECT, 16);
VALUE(CASEGATE_MAY_ADOPT, 32);
VALUE(CASEGATE_MAY_ERASE, 64);
VALUE(CASEGATE_MAY_MIGRATE, 128);
VALUE(CASEGATE_NEED_REVISION, 1);
VALUE(CASEGATE_NEED_REASON, 2);
VALUE(CASEGATE_NEED_COMMENT, 4);
VALUE(CASEGATE_NEED_FILE, 8);
VALUE(CASEGATE_PATIENT_MISSING, 1);
VALUE(CASEGATE_SERVICE_MISSING, 2);
VALUE(CASEGATE_DENTIST_MISSING, 3);
VALUE(CASEGATE_ANSWER_MISSING, 4);
VALUE(CASEGATE_SCAN_METHOD_MISSING, 5);
VALUE(CASEGATE_SCAN_FILE_MISSING, 6);
VALUE(CASEGATE_FILE_DAMAGED, 7);
VALUE(CASEGATE_SERVICE_UNSUPPORTED, 8);
VALUE(CASEGATE_DUE_MISSING, 9);
VALUE(CASEGATE_DUE_PAST, 10);
VALUE(CASEGATE_DUE_TOO_SOON, 11);
VALUE(CASEGATE_TOOTH_INVALID, 12);
VALUE(CASEGATE_LEVEL_OFF, 0);
VALUE(CASEGATE_LEVEL_WARN, 1);
VALUE(CASEGATE_LEVEL_BLOCK_SUBMIT, 2);
VALUE(CASEGATE_LEVEL_BLOCK_ACCEPT, 3);
VALUE(CASEGATE_LIMIT_IDS, 1);
VALUE(CASEGATE_LIMIT_LINE, 2);
VALUE(CASEGATE_LIMIT_TEXT, 3);
VALUE(CASEGATE_LIMIT_INSTRUCTIONS, 4);
VALUE(CASEGATE_LIMIT_URI, 5);
VALUE(CASEGATE_LIMIT_SERVICES, 6);
VALUE(CASEGATE_LIMIT_ANSWERS, 7);
VALUE(CASEGATE_LIMIT_FILES, 8);
VALUE(CASEGATE_LIMIT_TEETH, 9);
VALUE(CASEGATE_LIMIT_CONTENT, 10);

VALUE(CASEGATE_NEEDS_CONTENT, 1);
VALUE(CASEGATE_NEEDS_REVIEWED, 2);
VALUE(CASEGATE_NEEDS_GUARDS, 4);
VALUE(CASEGATE_NOT_FOUND, 1);
VALUE(CASEGATE_UNKNOWN_ACTION, 2);
VALUE(CASEGATE_PARTIAL_DECISION, 3);
VALUE(CASEGATE_NOT_SUBMITTED, 4);
VALUE(CASEGATE_ALREADY_SUBMITTED, 5);
VALUE(CASEGATE_ALREADY_ACCEPTED, 6);
VALUE(CASEGATE_ALREADY_REJECTED, 7);
VALUE(CASEGATE_LOCKED, 8);
VALUE(CASEGATE_WRONG_STATUS, 9);
VALUE(CASEGATE_WRONG_ROLE, 10);
VALUE(CASEGATE_NO_PERMISSION, 11);
VALUE(CASEGATE_REVIEW_REQUIRED, 12);
VALUE(CASEGATE_STALE_REVIEW, 13);
VALUE(CASEGATE_REASON_REQUIRED, 14);
VALUE(CASEGATE_REASON_UNKNOWN, 15);
VALUE(CASEGATE_COMMENT_REQUIRED, 16);
VALUE(CASEGATE_FILE_REQUIRED, 17);
VALUE(CASEGATE_INCOMPLETE, 18);
VALUE(CASEGATE_GUARD_REFUSED, 19);
VALUE(CASEGATE_INVALID_INPUT, 20);
VALUE(CASEGATE_REQUEST_REUSED, 21);
VALUE(CASEGATE_IN_SUBJECT, 1);
VALUE(CASEGATE_IN_VALUE, 2);
VALUE(CASEGATE_IN_GIVEN, 3);
VALUE(CASEGATE_IN_CURRENT, 4);
VALUE(CASEGATE_IN_AT, 5);
VALUE(CASEGATE_IN_LIST, 6);

VALUE(CASEGATE_BY_WAITING, 1);
VALUE(CASEGATE_BY_DUE, 2);
VALUE(CASEGATE_KEEPS_REQUESTS, 1);
VALUE(CASEGATE_KEEPS_REVISIONS, 2);
VALUE(CASEGATE_KEEPS_LISTS, 4);
VALUE(CASEGATE_KEEPS_HISTORY, 8);
VALUE(CASEGATE_KEEPS_QUEUE, 16);
VALUE(CASEGATE_KEEPS_INBOX, 32);

VALUE(CASEGATE_OBSERVED_LOADED, 1);
VALUE(CASEGATE_OBSERVED_DECIDED, 2);
VALUE(CASEGATE_OBSERVED_COMMITTED, 3);
VALUE(CASEGATE_OBSERVED_CONFLICT, 4);
VALUE(CASEGATE_OBSERVED_RETRIED, 5);
VALUE(CASEGATE_OBSERVED_DELIVERED, 6);
VALUE(CASEGATE_OBSERVED_SLOW, 7);
VALUE(CASEGATE_TELL_NOW, 0);
VALUE(CASEGATE_TELL_LATER, 1);

VALUE(CASEGATE_SMTP_STARTTLS, 0);
VALUE(CASEGATE_SMTP_PLAIN, 1);
VALUE(CASEGATE_MAIL_MESSAGE, 1);
VALUE(CASEGATE_MAIL_SUBJECT, 2);
VALUE(CASEGATE_MAIL_TEXT, 3);
VALUE(CASEGATE_MAIL_HTML, 4);

VALUE(CASEGATE_RECORDER_OK, 0);
VALUE(CASEGATE_RECORDER_FAIL, 1);
VALUE(CASEGATE_RECORDER_REFUSE, 2);
VALUE(CASEGATE_COVERS_TRANSITION, 1);
VALUE(CASEGATE_COVERS_OBSTACLE, 2);
VALUE(CASEGATE_COVERS_NOTICE, 3);
VALUE(CASEGATE_COVERS_GUARD, 4);
VALUE(CASEGATE_BACK_END_ENGINE, 0);
VALUE(CASEGATE_BACK_END_DECIDE, 1);

SIZE(casegate_json_member, 32);
AT(casegate_json_member, size, 0);
AT(casegate_json_member, name, 8);
AT(casegate_json_member, value, 16);
AT(casegate_json_member, text, 24);

int main(void)
{
    return 0;
}
