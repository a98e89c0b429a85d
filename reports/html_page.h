/* html_page.h: the script of the HTML report
 *
 * Included by html.c alone. The page needs no script; what there is adds a
 * filter to the list of cases.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

/* A line of search and one box an outcome above the cases. */
static const char page_script[] =
    "(function(){'use strict';"
    "var cases=[].slice.call(document.querySelectorAll('details.case')),"
    "suites=[].slice.call(document.querySelectorAll('section.suite')),"
    "place=document.getElementById('filter');"
    "if(!place||!cases.length)return;"
    "var text=document.createElement('input');"
    "text.type='search';text.placeholder='Filter cases';"
    "text.setAttribute('aria-label','Filter cases');"
    "place.appendChild(text);"
    "var boxes=['pass','fail','error','crash','skip'].filter(function(word){"
    "return document.querySelector('details.case.'+word)}).map(function(word){"
    "var label=document.createElement('label'),"
    "box=document.createElement('input');"
    "box.type='checkbox';box.checked=true;box.value=word;"
    "label.appendChild(box);"
    "label.appendChild(document.createTextNode(' '+word));"
    "place.appendChild(label);return box});"
    "function show(){var wanted=text.value.toLowerCase();"
    "cases.forEach(function(item){"
    "item.hidden=item.textContent.toLowerCase().indexOf(wanted)<0||"
    "!boxes.some(function(box){"
    "return box.checked&&item.classList.contains(box.value)})});"
    "suites.forEach(function(suite){"
    "suite.hidden=!suite.querySelector('details.case:not([hidden])')})}"
    "place.addEventListener('input',show)})();\n";

#endif
