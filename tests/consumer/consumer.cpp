/* SPDX-License-Identifier: MIT */
/* consumer.cpp: the same as consumer.c, as a C++17 program would write it. */
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <casegate/casegate.h>
#include <casegate/json.h>
#include <casegate/sqlite.h>

namespace {

template <auto release> struct Release {
    template <typename T> void operator()(T *object) const noexcept { release(object); }
};
using Actor = std::unique_ptr<casegate_actor, Release<casegate_actor_unref>>;
using Content = std::unique_ptr<casegate_content, Release<casegate_content_unref>>;
using Store = std::unique_ptr<casegate_store, Release<casegate_store_unref>>;
using Engine = std::unique_ptr<casegate_engine, Release<casegate_engine_unref>>;
using Outcome = std::unique_ptr<casegate_outcome, Release<casegate_outcome_free>>;
using Workflow = std::unique_ptr<casegate_workflow, Release<casegate_workflow_unref>>;

Actor actor_of(const char *id, const char *org, int32_t role)
{
    Workflow intake(casegate_workflow_builtin("intake", 1));
    casegate_actor_fields fields;
    casegate_actor_fields_init(&fields, sizeof fields);
    fields.id = id;
    fields.org = org;
    fields.role = role;
    fields.permissions = casegate_role_permissions(intake.get(), role);
    casegate_actor *actor = nullptr;
    casegate_actor_new(nullptr, &fields, &actor, nullptr);
    return Actor(actor);
}

casegate_call call_of(const Actor &actor)
{
    casegate_call call;
    casegate_call_init(&call, sizeof call);
    call.actor = actor.get();
    return call;
}

Store open_store()
{
    casegate_sqlite_options options;
    casegate_sqlite_options_init(&options, sizeof options);
    options.path = ":memory:";
    casegate_store *store = nullptr;
    casegate_sqlite_open(nullptr, &options, &store, nullptr);
    return Store(store);
}

Engine open_engine(const Store &store)
{
    casegate_engine_options options;
    casegate_engine_options_init(&options, sizeof options);
    options.store = store.get();
    casegate_engine *engine = nullptr;
    casegate_engine_open(&options, &engine, nullptr);
    return Engine(engine);
}

Content read_content(std::string_view text)
{
    casegate_content *content = nullptr;
    casegate_json_read_content(nullptr, text.data(), text.size(), &content, nullptr);
    return Content(content);
}

bool run()
{
    const Store store = open_store();
    const Engine engine = open_engine(store);
    const Content content = read_content(R"({"patient": {"name": "A B"}, "services": [{"id": "s1", "code": "crown"}]})");
    const Outcome outcome(casegate_outcome_new(nullptr));
    const Actor clara = actor_of("clara", "clinic-north", CASEGATE_CLINIC_USER);
    const Actor lena = actor_of("lena", "lab-one", CASEGATE_LAB_USER);
    const casegate_call clinic = call_of(clara), lab = call_of(lena);

    if (casegate_engine_create(engine.get(), &clinic, "lab-one", content.get(), 1, outcome.get(), nullptr) != CASEGATE_OK) return false;
    const std::string id = casegate_outcome_head(outcome.get())->id;
    return casegate_engine_accept(engine.get(), &lab, id.c_str(), 7, outcome.get(), nullptr) == CASEGATE_REFUSED &&
           casegate_verdict_at(casegate_outcome_verdict(outcome.get()), 0)->code == CASEGATE_STALE_REVIEW &&
           casegate_engine_accept(engine.get(), &lab, id.c_str(), 1, outcome.get(), nullptr) == CASEGATE_OK &&
           casegate_outcome_head(outcome.get())->status == CASEGATE_IN_PRODUCTION;
}

}

int main()
{
    const bool good = run();
    std::puts(good ? "ok" : "failed");
    return good ? 0 : 1;
}
