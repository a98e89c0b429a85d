// judge.mjs: what the reports on a row's releases say of it
//
//   found        a requirement of the row fails on the release with the bug,
//                by one of the row's cases, and the other release passes it
//   missed       none does
//   false alarm  the release that mended it fails the same case
//   not run      the store could not be had

// `reportOf(side)` gives the report of a run.
export function judge(row, reportOf, sides) {
    const buggy = reportOf(sides.buggy);
    const held = sides.fixed ?? sides.control;
    const good = held && reportOf(held);
    const refused = judgeRefused(row, buggy, good);
    if (refused) return { row, ...refused };
    if (row.verdict) return { row, ...judgeVerdict(row, buggy) };
    const seen = casesAgainst(row, buggy);
    if (seen.length === 0) return { row, ...whyMissed(row, buggy) };
    const wrong = new Set(good ? casesAgainst(row, good).map(idOf) : []);
    const clean = seen.find((one) => !wrong.has(one.id));
    if (!clean) return { row, outcome: 'false alarm', ...tell(row, seen[0]) };
    const { requirement } = tell(row, clean);
    return {
        row,
        outcome: 'found',
        ...tell(row, clean),
        also: sides.fixed ? otherwise(requirement, good) : undefined,
    };
}

const idOf = ({ id }) => id;

// A store that cannot be opened at all has no cases that could see it: the
// run itself says so.
function judgeRefused(row, buggy, good) {
    if (row.fails.includes('OPEN') && buggy.refused && !isAbsent(buggy)) {
        const outcome = good?.refused ? 'false alarm' : 'found';
        return { outcome, requirement: 'OPEN', why: buggy.refused };
    }
    const why = buggy.refused ?? good?.refused;
    return why === undefined ? null : { outcome: 'not run', why };
}

// Not to be had, as against: had, and not to be opened.
function isAbsent({ refused }) {
    return !/: (open|connect): /.test(refused);
}

function judgeVerdict(row, report) {
    const one = report.cases.find(
        (test) => isCaseOf(row, test) && test.hazard_shown,
    );
    const requirement = row.fails[0];
    if (one) return { outcome: 'found', requirement, test: one };
    return { outcome: 'missed', why: `${requirement} was not reached` };
}

// The row's cases that speak against one of its requirements.
function casesAgainst(row, report) {
    return report.cases.filter(
        (test) =>
            isCaseOf(row, test) &&
            row.fails.some((id) => isAgainst(test, id)),
    );
}

function isCaseOf(row, { id }) {
    return row.cases.some((glob) => matches(glob, id));
}

function matches(glob, id) {
    const text = glob
        .split('*')
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*');
    return new RegExp(`^${text}(\\[.*\\])?$`).test(id);
}

function isAgainst(test, id) {
    if (!['fail', 'crash', 'error'].includes(test.outcome)) return false;
    const own = test.failures.filter(({ against }) => !against);
    if (test.failures.some(({ against }) => against === id)) return true;
    const isOwn = own.length > 0 || test.failures.length === 0;
    return isOwn && test.checks.includes(id);
}

function tell(row, test) {
    const requirement = row.fails.find((id) => isAgainst(test, id));
    return { requirement, test };
}

// Another fault of the release that mended this one, against the same
// requirement.
function otherwise(requirement, report) {
    const other = report.cases.find((test) => isAgainst(test, requirement));
    return other?.id;
}

function whyMissed(row, report) {
    const cases = report.cases.filter((test) => isCaseOf(row, test));
    const skipped = cases.filter(({ outcome }) => outcome === 'skip');
    if (cases.length === 0) return { outcome: 'missed', why: 'no such case' };
    if (skipped.length === cases.length)
        return { outcome: 'missed', why: `skipped: ${skipped[0].reason}` };
    const note = row.note ? `: ${row.note}` : '';
    return { outcome: 'missed', why: `its cases passed${note}` };
}
