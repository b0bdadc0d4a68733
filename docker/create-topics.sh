#!/bin/sh
# Creates the topics of jobs/image-classification.yaml that are missing, at the broker that the argument names.
set -eu

PATH=$PATH:/opt/kafka/bin

# create NAME PARTITIONS [OPTION ...]
create() {
    name=$1
    partitions=$2
    shift 2
    kafka-topics.sh --bootstrap-server "$broker" --create --if-not-exists \
        --topic "$name" --partitions "$partitions" "$@"
}

broker=$1
# As many partitions as the job has parallel subtasks.
create image-scores 2
create image-predictions 2
# Upserts: the highest revision of a key counts.
create image-losses 1 --config cleanup.policy=compact
create image-dead-letters 1
