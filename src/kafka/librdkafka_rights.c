/* What this user may see, over librdkafka: brokers do not say that a listing lacks what he may not describe.
 *
 * A listing of groups is whole for those who may describe the cluster. There is no request that just tells whether one may, and
 * librdkafka loses the error of those that need it. But ACLs are told to the same people: who may describe the cluster by an
 * ACL finds at least that one when he asks for ACLs of the cluster; who may do so without any (a super user, or a cluster
 * without an authorizer) may read the configuration of a broker too. */
#include "kafka/librdkafka.h"

#include <stdio.h>

enum { POLL_SLICE_MS = 100 };

static rd_kafka_event_t *wait_answer(rd_kafka_queue_t *queue, int type, const struct kafka_budget *budget)
{
    for (int left; (left = kafka_budget_left(budget)) > 0;) {
        rd_kafka_event_t *e = rd_kafka_queue_poll(queue, left < POLL_SLICE_MS ? left : POLL_SLICE_MS);
        if (e && rd_kafka_event_type(e) == type)
            return e;
        if (e)
            rd_kafka_event_destroy(e);
    }
    return NULL;
}

/* Are there no ACLs of the cluster, or none for our eyes? False without an answer. */
static bool no_cluster_acls(struct kafka_librdkafka *c, rd_kafka_queue_t *queue, const struct kafka_budget *budget)
{
    char text[128];
    rd_kafka_AclBindingFilter_t *filter = rd_kafka_AclBindingFilter_new(
        RD_KAFKA_RESOURCE_BROKER, "kafka-cluster", RD_KAFKA_RESOURCE_PATTERN_MATCH, NULL, NULL,
        RD_KAFKA_ACL_OPERATION_ANY, RD_KAFKA_ACL_PERMISSION_TYPE_ANY, text, sizeof text);
    if (!filter)
        return false;
    rd_kafka_AdminOptions_t *o = kafka_librdkafka_options(c, RD_KAFKA_ADMIN_OP_DESCRIBEACLS, NULL);
    rd_kafka_DescribeAcls(c->rk, filter, o, queue);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_AclBinding_destroy(filter);
    rd_kafka_event_t *e = wait_answer(queue, RD_KAFKA_EVENT_DESCRIBEACLS_RESULT, budget);
    if (!e)
        return false;
    size_t n = 0;
    const rd_kafka_resp_err_t err = rd_kafka_event_error(e);
    if (!err)
        rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(e), &n);
    rd_kafka_event_destroy(e);
    return err ? kafka_librdkafka_fault(err) == KAFKA_FAULT_DENIED : n == 0;
}

/* Is the configuration of a broker refused? False without an answer. */
static bool broker_denied(struct kafka_librdkafka *c, rd_kafka_queue_t *queue, const struct kafka_budget *budget)
{
    char id[16];
    snprintf(id, sizeof id, "%d", (int)rd_kafka_controllerid(c->rk, 0));
    rd_kafka_ConfigResource_t *r = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, id);
    rd_kafka_ConfigResource_set_config(r, "broker.id", ""); /* all that is wanted */
    rd_kafka_AdminOptions_t *o = kafka_librdkafka_options(c, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, NULL);
    rd_kafka_DescribeConfigs(c->rk, &r, 1, o, queue);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_ConfigResource_destroy(r);
    rd_kafka_event_t *e = wait_answer(queue, RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT, budget);
    if (!e)
        return false;
    rd_kafka_resp_err_t err = rd_kafka_event_error(e);
    size_t n = 0;
    const rd_kafka_ConfigResource_t **from =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(e), &n);
    if (!err && n)
        err = rd_kafka_ConfigResource_error(from[0]);
    rd_kafka_event_destroy(e);
    return kafka_librdkafka_fault(err) == KAFKA_FAULT_DENIED;
}

bool kafka_librdkafka_groups_hidden(struct kafka_admin *a, const struct kafka_budget *budget)
{
    struct kafka_librdkafka *c = (struct kafka_librdkafka *)a;
    if (rd_kafka_controllerid(c->rk, 0) < 0)
        return false;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(c->rk);
    bool hidden = no_cluster_acls(c, queue, budget) && broker_denied(c, queue, budget);
    rd_kafka_queue_destroy(queue);
    return hidden;
}
