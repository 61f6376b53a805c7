/* The words of verdicts, their letters and what they mean. */
#include "drift/mark.h"

const struct drift_mark_name drift_mark_names[DRIFT_MARKS] = {
    [DRIFT_MARK_OK] = {"OK", '.', "Nothing is to be said."},
    [DRIFT_MARK_NO_REFERENCE] = {"NO-REF", '?', "There is nothing to compare with yet."},
    [DRIFT_MARK_LOW_N] = {"LOW-N", 'n', "There are too few rows on one side to say anything."},
    [DRIFT_MARK_EMPTY] = {"EMPTY", 'E', "No row has a value, though the reference has them."},
    [DRIFT_MARK_TYPE] = {"TYPE", 'T', "Values are of another type than the reference's."},
    [DRIFT_MARK_RANGE] = {"RANGE", 'R', "Values lie outside of the reference's range."},
    [DRIFT_MARK_UNSEEN] = {"UNSEEN", 'U', "There are categories that the reference has not."},
    [DRIFT_MARK_VANISHED] = {"VANISHED", 'V', "Categories of the reference are gone."},
    [DRIFT_MARK_NULLS] = {"NULLS", 'N', "More values are null or missing than in the reference, or fewer."},
    [DRIFT_MARK_ZEROS] = {"ZEROS", 'Z', "A mass at zero was not there in the reference."},
    [DRIFT_MARK_CONSTANT] = {"CONST", 'C', "There is one value alone, and the reference has more."},
    [DRIFT_MARK_ONE] = {"ONE", '1', "A cohort has one row, or fewer than are wanted."},
    [DRIFT_MARK_LOST] = {"LOST", 'L', "A cohort lost a class of the label."},
    [DRIFT_MARK_DRIFT] = {"DRIFT", 'D', "The score is beyond its line."},
};
