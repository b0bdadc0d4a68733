package io.logitstream.cli;

import picocli.CommandLine.Command;

/** Looks at the models of a job, and changes them while it runs. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = {
            "Lists, changes and retires the models of a job that runs, without a restart.",
            "The job file has a section control, whose topic the job takes them from."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream models list --job jobs/text-classification.yaml --set control.topic=models",
            "  logitstream models put --job job.yaml langdetect.yaml",
            "  logitstream models retire --job job.yaml langdetect"
        },
        subcommands = {ListModels.class, PutModel.class, RetireModel.class},
        synopsisSubcommandLabel = "(list | put | retire)")
final class ModelsCommand {}
