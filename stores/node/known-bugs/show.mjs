// show.mjs: the table of known bugs, for a terminal and as a page

const SYMBOLS = { found: '✓', missed: '✗' };

export function showTable(judged, counted) {
    const lines = judged.map(({ row, outcome, requirement, test, why }) =>
        [
            row.id.padEnd(5),
            `${row.package} ${row.buggy}`.padEnd(36),
            outcome.padEnd(12),
            (requirement ?? '').padEnd(7),
            test?.id ?? why ?? '',
        ].join(' '),
    );
    return `${lines.join('\n')}\n\n${showTotals(counted)}\n`;
}

function showTotals({ reproduced, found, missed, falseAlarms, notRun }) {
    const share = reproduced ? Math.floor((1000 * found) / reproduced) / 10 : 0;
    return (
        `${reproduced} reproduced bugs: ${found} found (${share} %), ` +
        `${missed} missed, ${falseAlarms} false alarms, ${notRun} not run`
    );
}

export function showPage(judged, counted) {
    return [
        '# Known bugs, and the cases that find them',
        '',
        showTotals(counted),
        '',
        '| id | package | with the bug | without | outcome | requirement |' +
            ' case | symptom |',
        '|---|---|---|---|---|---|---|---|',
        ...judged.map(showRow),
        '',
        '## Replay',
        '',
        ...judged.filter(({ test }) => test).map(showReplay),
        '',
    ].join('\n');
}

function showRow({ row, outcome, requirement, test, also, why }) {
    const id = row.link ? `[${row.id}](${row.link})` : row.id;
    const found = test ? `\`${test.id}\`` : why ?? '';
    const still = also ? ` (${row.fixed} fails it in \`${also}\` still)` : '';
    const cells = [
        id,
        row.package,
        row.options ? `${row.buggy} \`?${row.options}\`` : row.buggy,
        row.fixed ?? '',
        `${SYMBOLS[outcome] ?? '!'} ${outcome}`,
        requirement ?? row.fails.join(' '),
        found + still,
        row.symptom,
    ];
    return `| ${cells.map(escape).join(' | ')} |`;
}

function escape(text) {
    return String(text).replace(/\|/g, '\\|').replace(/\s*\n\s*/g, ' ');
}

function showReplay({ row, test }) {
    return `- ${row.id}: \`${test.replay}\``;
}
