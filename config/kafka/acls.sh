#!/bin/sh
# Gives each role around a job the least rights it needs, with Kafka's own kafka-acls.sh. The names are those of
# jobs/late-labels.yaml with every section a job can have: change them, and leave out what your job has not.
# The topics exist already. A job that shall create its outputs needs Create on them too.
#
#   BROKER        where kafka-acls.sh finds the cluster, by default localhost:9092
#   ADMIN_CONFIG  client properties of an administrator, by default admin.properties
set -eu

allow() {
    user=$1
    shift
    "${KAFKA_ACLS:-kafka-acls.sh}" --bootstrap-server "${BROKER:-localhost:9092}" \
        --command-config "${ADMIN_CONFIG:-admin.properties}" --add --allow-principal "User:$user" "$@"
}

# The job. Its group is its name; its transactions (delivery: exactly-once) begin with its name and a hyphen.
allow logitstream --operation Read --topic late-scores
allow logitstream --operation Read --topic late-labels
allow logitstream --operation Read --group late-labels
allow logitstream --operation Write --transactional-id late-labels- --resource-pattern-type prefixed
allow logitstream --operation Write --topic late-predictions
allow logitstream --operation Write --topic late-losses
allow logitstream --operation Write --topic late-label-ledger
allow logitstream --operation Write --topic late-alerts
allow logitstream --operation Write --topic late-gradients
allow logitstream --operation Write --topic late-dead-letters
allow logitstream --operation Write --topic late-calibrations
# calibration: { mode: live } reads its own temperatures again.
allow logitstream --operation Read --topic late-calibrations
# control
allow logitstream --operation Read --topic late-models

# Who sends scores and labels.
allow model --operation Write --topic late-scores
allow model --operation Write --topic late-labels

# Who changes models with models put and models retire. Read alone is enough for models list.
allow operator --operation Read --topic late-models
allow operator --operation Write --topic late-models

# Who reads predictions, in a group of its own.
allow reader --operation Read --topic late-predictions
allow reader --operation Read --group prediction-readers
