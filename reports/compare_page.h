/* compare_page.h: the style and the script of the page that compares runs
 *
 * Included by compare_html.c alone. The page needs no script; what there is
 * adds a filter to the matrix.
 */
#ifndef REPORTS_COMPARE_PAGE_H
#define REPORTS_COMPARE_PAGE_H

static const char compare_style_text[] =
    "body{max-width:96rem}\n"
    ".counts td:not(.id),.counts th{white-space:nowrap}"
    ".counts{margin-top:1.5rem}.counts td.id{white-space:normal}"
    ".counts small{font-weight:400}\n"
    ".matrix{border-collapse:separate;border-spacing:0}"
    ".matrix thead th{position:sticky;top:0;background:var(--bg);z-index:1;"
    "vertical-align:bottom;font-weight:600;font-size:.85rem;color:var(--fg);"
    "border-bottom:2px solid var(--line);padding-top:.75rem}"
    ".matrix th.run,.matrix td.run{padding-right:.6rem}"
    ".matrix td.run,.matrix .level{white-space:nowrap}"
    ".matrix td.run small{display:inline;font-size:.8rem}"
    ".matrix thead th{overflow-wrap:break-word}"
    ".matrix td.run a{color:inherit}"
    ".matrix tr.differs td.id{border-left:3px solid var(--link);"
    "padding-left:.5rem}"
    ".matrix tr.fails td.id{border-left:3px solid var(--bad);"
    "padding-left:.5rem}"
    ".matrix tr:hover td{background:var(--box)}\n"
    ".sign{display:inline-block;width:1.2em;font-weight:700}"
    ".tag small{font-weight:400}\n"
    ".filter label{white-space:nowrap}.filter select{font:inherit;color:"
    "inherit;background:var(--box);border:1px solid var(--line);"
    "border-radius:6px;padding:.3rem}\n"
    "td.text{min-width:16rem}\n"
    "@media(max-width:90rem){.matrix .level{display:none}}\n"
    "@media(max-width:60rem){.matrix td.run small{display:none}"
    "td.text{min-width:10rem}}\n";

/* Above the matrix: a search, a box a level, the sections, and a box for the
 * rows in which the runs agree. */
static const char compare_script_text[] =
    "(function(){'use strict';"
    "var rows=[].slice.call(document.querySelectorAll('tr.row')),"
    "heads=[].slice.call(document.querySelectorAll('tbody')),"
    "place=document.getElementById('filter');"
    "if(!place||!rows.length)return;"
    "function add(kind,text,checked,value){"
    "var label=document.createElement('label'),"
    "box=document.createElement('input');"
    "box.type=kind;box.checked=checked;box.value=value;"
    "label.appendChild(box);"
    "label.appendChild(document.createTextNode(' '+text));"
    "place.appendChild(label);return box}"
    "function some(name){var seen=[];rows.forEach(function(row){"
    "var word=row.getAttribute(name);"
    "if(seen.indexOf(word)<0)seen.push(word)});return seen}"
    "var text=document.createElement('input');text.type='search';"
    "text.placeholder='Filter requirements';"
    "text.setAttribute('aria-label','Filter requirements');"
    "place.appendChild(text);"
    "var section=document.createElement('select');"
    "section.setAttribute('aria-label','Section');"
    "[''].concat(some('data-section')).forEach(function(word){"
    "var option=document.createElement('option');option.value=word;"
    "option.textContent=word||'all sections';section.appendChild(option)});"
    "place.appendChild(section);"
    "var levels=some('data-level').map(function(word){"
    "return add('checkbox',word,true,word)}),"
    "odd=add('checkbox','only what differs or fails',false,'odd');"
    "function show(){var wanted=text.value.toLowerCase();"
    "rows.forEach(function(row){"
    "row.hidden=(section.value&&"
    "row.getAttribute('data-section')!==section.value)||"
    "(odd.checked&&!row.classList.contains('differs')&&"
    "!row.classList.contains('fails'))||"
    "row.textContent.toLowerCase().indexOf(wanted)<0||"
    "!levels.some(function(box){"
    "return box.checked&&box.value===row.getAttribute('data-level')})});"
    "heads.forEach(function(head){"
    "if(head.querySelector('tr.row'))"
    "head.hidden=!head.querySelector('tr.row:not([hidden])')})}"
    "place.addEventListener('input',show)})();\n";

#endif
