/* Data that is not what it was when its reference was made: what each finding is; the rules are in drift_features.c,
 * drift_cohorts.c and drift_datasets.c. */
#include "findings/catalogue.h"

#include "findings/drift_cohorts.h"
#include "findings/drift_datasets.h"
#include "findings/drift_features.h"

#include <stddef.h>

#define TWICE   " It was so for two windows in a row at least."
#define WATCHED "Verdicts of other tools are in `datasets` and `features` under their own names, and are no finding."

const struct findings_rule findings_drift[] = {
    {
        .page =
            {
                .id = "IT-D01",
                .title = "a feature drifted",
                .severity = FINDINGS_WARNING,
                .seen = "The feature's score, by the method that was fixed with its reference, is beyond its line: the "
                        "threshold, lifted to what chance alone gives at these numbers of rows." TWICE
                        " It is critical for a prediction or label that is at twice its line, and an info for a "
                        "feature that is within a fifth of it.",
                .means = "The model gets other values than those that it was trained on, or gives others than it "
                         "gave. Whether its answers are worse is not told by this: only labels tell.",
                .todo = "Look at the feature's bins or categories beside the reference's, and from when on it is so: "
                        "what was released or changed upstream then; where a sink writes the topic to a table, the "
                        "commit that has the first of it is among the evidence. If the world has changed, and not the "
                        "data's "
                        "way here, train anew and save a new reference.",
                .not = "Where most of the difference is zeros, new categories, or one value alone, that is said "
                       "instead, and where half of all features drifted the dataset is said to. A p-value beyond its "
                       "line tells that there is a difference, and not that it is large. " WATCHED,
            },
        .world = findings_drift_features_drift,
    },
    {
        .page =
            {
                .id = "IT-D02",
                .title = "values became 0",
                .severity = FINDINGS_WARNING,
                .seen = "The share of a feature's values that are 0 is at least 5 % of them greater than in the "
                        "reference, by more than chance gives." TWICE
                        " It is critical where half of the values became 0, and of a prediction or label.",
                .means = "Something upstream most likely writes 0 where it knows no value: a failed look-up, a default "
                         "of a new release, a column that was renamed. A model takes it for a value.",
                .todo = "Look in what writes the topic for where 0 stands for missing. Events of that time have to be "
                        "repaired or left out before anything is trained on them.",
                .not = "A feature whose reference has as many zeros is not meant.",
            },
        .world = findings_drift_features_zeros,
    },
    {
        .page =
            {
                .id = "IT-D03",
                .title = "a feature has one value alone",
                .severity = FINDINGS_CRITICAL,
                .seen = "All values of the feature in the window are the same, while the reference has more, and so "
                        "many events would not have one value by chance." TWICE,
                .means = "The feature tells nothing any more: it is a default, or what it is taken from stands still.",
                .todo = "Look at the value and at what writes it: a default of a new release, a cache that is not "
                        "refreshed, a join that finds one row alone.",
                .not = "Of a feature that is 0 everywhere it is said that its values became 0.",
            },
        .world = findings_drift_features_constant,
    },
    {
        .page =
            {
                .id = "IT-D04",
                .title = "other share of nulls than in the reference",
                .severity = FINDINGS_WARNING,
                .seen = "The share of events in which the feature is null or missing, or not a finite number, differs "
                        "from the reference's by at least 1 % of the events or is twice or half of it, by more than "
                        "chance gives." TWICE
                        " It is critical where it is half of the events more, and of a prediction or label; an info "
                        "where there are fewer.",
                .means = "Distances between distributions do not see it, since they compare the values that are there. "
                         "What fills the gap, a mean or a 0, is what the model gets.",
                .todo = "Look whether the field was renamed, moved or left out by one of those who write the topic, "
                        "and whether the events without it have something in common: a version, a region.",
                .not = "A feature without any value at all is IT-D05.",
            },
        .world = findings_drift_features_nulls,
    },
    {
        .page =
            {
                .id = "IT-D05",
                .title = "a feature has no value at all",
                .severity = FINDINGS_CRITICAL,
                .seen = "No event of the window has a value of the feature, while the reference has them, and it would "
                        "not be so by chance." TWICE,
                .means = "The field is gone from the events, or always null: the model works without it.",
                .todo = "Compare an event with one of before: the field's path most likely changed. Either put it "
                        "back, or give the dataset's configuration the new path.",
                .not = "A window without any event is said of its dataset.",
            },
        .world = findings_drift_features_empty,
    },
    {
        .page =
            {
                .id = "IT-D06",
                .title = "values are of another type",
                .severity = FINDINGS_WARNING,
                .seen = "At least 1 % more of the feature's values than in the reference are of another type than its "
                        "own: texts where numbers are." TWICE
                        " It is critical where half of them are, and of a prediction or label.",
                .means = "These values are in no distribution. Who reads the events fails at them, or makes something "
                         "of them that nobody meant.",
                .todo = "Look at an event with such a value, and which of those who write the topic wrote it.",
            },
        .world = findings_drift_features_type,
    },
    {
        .page =
            {
                .id = "IT-D07",
                .title = "values outside of the reference's range",
                .severity = FINDINGS_WARNING,
                .seen = "At least 1 % more of the feature's values than in the reference lie below its least or above "
                        "its greatest value, by more than chance gives." TWICE
                        " It is critical where half of them do, and of a prediction or label.",
                .means = "The model has never seen such values. Often a unit changed: cents where euros were, "
                         "milliseconds where seconds were.",
                .todo = "Look at the least and the greatest value: a factor of 100 or 1,000 tells a unit.",
                .not = "Where it is zeros that lie outside, that is said instead.",
            },
        .world = findings_drift_features_range,
    },
    {
        .page =
            {
                .id = "IT-D08",
                .title = "categories that the reference has not",
                .severity = FINDINGS_WARNING,
                .seen = "The feature has values that the reference has not, more often than chance gives." TWICE
                        " It is critical where half of the values are such, and of a prediction or label.",
                .means = "An encoder that was fitted on the reference takes them for unknown, or fails. A new spelling "
                         "of an old value looks like this, too.",
                .todo = "Look which ones they are: a new product or region is to be trained, another spelling is to be "
                        "repaired where it is written.",
                .not = "Categories so rare that the reference may have had them unseen are counted in `unseen`, and "
                       "are no finding.",
            },
        .world = findings_drift_features_unseen,
    },
    {
        .page =
            {
                .id = "IT-D09",
                .title = "categories of the reference are gone",
                .severity = FINDINGS_WARNING,
                .seen = "No event of the window has a value of which the reference has so many that at least ten were "
                        "to be expected." TWICE " It is critical of a prediction or label.",
                .means = "A part of what is watched does not arrive, or is written otherwise; a prediction that is "
                         "never given again may be a model that broke.",
                .todo = "Look for who writes these events and whether they still do; a new category beside it is most "
                        "likely its new name.",
            },
        .world = findings_drift_features_vanished,
    },
    {
        .page =
            {
                .id = "IT-D10",
                .title = "a cohort has hardly a row",
                .severity = FINDINGS_WARNING,
                .seen = "Fewer than five events of the window are of this level of the key, and the reference has more "
                        "there, or none." TWICE,
                .means = "A level of one row breaks what is fitted for each level, and a rate of it means nothing. It "
                         "is often a value that ought not to be: a null region, a test customer, a slip of the pen.",
                .todo = "Look at the events of that level, and keep them out or repair them before anything is fitted "
                        "by this key.",
            },
        .world = findings_drift_cohorts_one,
    },
    {
        .page =
            {
                .id = "IT-D11",
                .title = "a cohort lost a class of the label",
                .severity = FINDINGS_WARNING,
                .seen = "The cohort has events, but none of a class of the label that it has in the "
                        "reference." TWICE,
                .means = "What is fitted on it learns that this class does not happen there. The whole shows nothing "
                         "of it where the cohort is small.",
                .todo = "Look whether the labels of that cohort arrive late or are written otherwise; do not train on "
                        "this time before they are there.",
            },
        .world = findings_drift_cohorts_lost,
    },
    {
        .page =
            {
                .id = "IT-D12",
                .title = "a cohort drifts while the whole does not",
                .severity = FINDINGS_WARNING,
                .seen = "A feature's score among the cohort's events alone is beyond its line; among all events it is "
                        "not." TWICE,
                .means = "One region, customer or version gets other data than the reference has, and the others hide "
                         "it.",
                .todo = "Look at what is its own in that cohort: who writes its events, and what changed there when it "
                        "began.",
                .not = "Where the whole drifts in the same feature it is said of the feature.",
            },
        .world = findings_drift_cohorts_drift,
    },
    {
        .page =
            {
                .id = "IT-D13",
                .title = "a cohort that the reference has not",
                .severity = FINDINGS_WARNING,
                .seen = "Events are of a level of the key that the reference has not: a new value, or none at "
                        "all." TWICE,
                .means = "Nothing was learned about it. Where the level is null, events lost their key.",
                .todo = "Look whether the level is meant to be: train for it, or repair what writes it.",
            },
        .world = findings_drift_cohorts_unseen,
    },
    {
        .page =
            {
                .id = "IT-D14",
                .title = "a cohort is gone",
                .severity = FINDINGS_WARNING,
                .seen = "No event is of a level of the key that the reference has often enough." TWICE,
                .means = "Its events do not arrive, or are of another level now.",
                .todo = "Look for who writes the events of that level; a new level beside it is most likely its new "
                        "name.",
            },
        .world = findings_drift_cohorts_vanished,
    },
    {
        .page =
            {
                .id = "IT-D15",
                .title = "most features of a dataset drifted",
                .severity = FINDINGS_CRITICAL,
                .seen = "At least half of the features of a dataset that could be judged, of three or more, are beyond "
                        "their lines, each for two windows in a row at least.",
                .means = "It is not one feature but where the events come from: other customers, another writer, "
                         "another order of fields; or a reference that is not of this data.",
                .todo = "Look first whether the reference is the right one and how old it is, then what changed in who "
                        "writes the topic.",
                .not = "The features are not said to drift one by one then, but for predictions and labels.",
            },
        .world = findings_drift_datasets_most,
    },
    {
        .page =
            {
                .id = "IT-D16",
                .title = "a dataset has no events",
                .severity = FINDINGS_WARNING,
                .seen = "The last window that was closed has no event, for a minute at least.",
                .means = "Nothing is written to the topic, or nothing of it can be read. Of its features nothing is "
                         "known now.",
                .todo = "Look at the topic's rate and at the source's state, and then at who writes it.",
                .not = "What comes seldom wants longer windows.",
            },
        .world = findings_drift_datasets_empty,
    },
    {
        .page =
            {
                .id = "IT-D17",
                .title = "too few events to judge a dataset",
                .severity = FINDINGS_INFO,
                .seen = "No feature had enough values in a window to be compared with the reference, for ten minutes.",
                .means = "Nothing is said of its distributions, and what happens to them is not seen.",
                .todo = "Give the dataset longer windows, or read more of it if it is sampled.",
            },
        .world = findings_drift_datasets_low,
    },
    {
        .page =
            {
                .id = "IT-D18",
                .title = "events could not be read",
                .severity = FINDINGS_INFO,
                .seen = "Events of the dataset could not be read, within the last five minutes. The number counts from "
                        "when the collector began.",
                .means = "They are in no window: cut off, of another encoding, or larger than is allowed.",
                .todo = "Look at the source's row, which tells why the last one could not be read, and at who writes "
                        "them.",
            },
        .world = findings_drift_datasets_bad,
    },
    {
        .page =
            {
                .id = "IT-D19",
                .title = "events come after their window was closed",
                .severity = FINDINGS_INFO,
                .seen = "Events came later than the dataset waits for, within the last five minutes: ten at least, and "
                        "a hundredth of a window's events. The number counts from when the collector began.",
                .means = "They are in no window, so that a part of the stream, often of one writer, is not judged.",
                .todo = "Look at the clocks and at the delay of those who write the topic; let windows stay open for "
                        "longer in the dataset's configuration.",
            },
        .world = findings_drift_datasets_late,
    },
    {.page.id = NULL},
};
