"""The forms of a status page, without scripts, in both languages: what a citizen thinks of a result, and that an
address is his; and what a form sends.

Knows HTML and what a form sends; refuses to know cases.
"""

from html import escape
from urllib.parse import parse_qs

_VERDICTS = (("satisfied", "满意", "Satisfied"), ("dissatisfied", "不满意", "Dissatisfied"))
_OUTCOMES = (
    ("fixed", "已解决", "Fixed"),
    ("not_fixed", "未解决", "Not fixed"),
    ("no_action_needed", "无需处理", "No action was needed"),
    ("not_possible", "无法办理", "Not possible"),
    ("not_found", "现场未发现", "Nothing was found there"),
)
_LONGEST = 32_768  # bytes: more than two thousand characters of words, written as a form writes them
_POINTS = tuple((str(n), str(n), "") for n in range(1, 6))
_STYLE = (
    "<style>form{background:#fff;padding:.6rem 1rem 1rem;margin:1rem 0;border-left:.4rem solid #8a5a00}"
    "fieldset{border:0;padding:0;margin:.7rem 0;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem}"
    "legend{padding:0;font-weight:600}label{display:flex;gap:.4rem;align-items:center;min-height:2.75rem}"
    "label [lang=en]{display:inline}input{width:1.3rem;height:1.3rem;accent-color:#1f6f54}"
    "textarea{box-sizing:border-box;width:100%;min-height:5rem;font:inherit;padding:.5rem;border:1px solid #8b948f}"
    "textarea,button{border-radius:4px}"
    "button{font:inherit;margin-top:.8rem;min-height:2.75rem;padding:0 1.4rem;border:0;background:#1f6f54;color:#fff}"
    ":focus-visible{outline:3px solid #d08900;outline-offset:2px}"
    "@media(prefers-color-scheme:dark){form{background:#1f2522}"
    "textarea{background:#141816;color:#e8ecea;border-color:#66706b}button{background:#2f8f6d}}</style>"
)


# What becomes of an answer that is not satisfied.
_PROMISES = {
    "reopened": ("不满意的将重新办理。", "what you are not satisfied with is taken up again."),
    "supervisor": (
        "此前已重新办理过；仍不满意的将提交督查人员决定是否重新办理，结果会告知您。",
        "it was taken up again before: if you are still not satisfied, a supervisor decides whether it is once more,"
        " and you are told.",
    ),
}


def rating_form(token: str, *, leads_to: str) -> str:
    """The form for a case that waits for its citizen's answer, who if dissatisfied gets what `find_promise` says."""
    chinese, english = _PROMISES[leads_to]
    return (
        f'{_STYLE}<form method="post" action="/status/{escape(token)}/answer">'
        f"<h2>请您评价 {_english('Tell us what you think of it')}</h2>"
        f"{_choice('verdict', '对办理结果是否满意', 'Are you satisfied?', _VERDICTS)}"
        f"{_choice('outcome', '问题是否解决', 'Was it fixed?', _OUTCOMES)}"
        f"{_choice('score', '打分（5分最好）', 'Points, 5 is best', _POINTS)}"
        f"<label for=words>补充说明（可不填） {_english('More, if you like')}</label>"
        "<textarea id=words name=words maxlength=2000></textarea>"
        f"<p><small>每次办结只能评价一次，提交后不能更改；{chinese} "
        f"{_english(f'You answer once, and it cannot be changed; {english}')}"
        "</small></p><button>提交 Send</button></form>"
    )


def confirm_form(token: str) -> str:
    """The button by which the holder of a link that was mailed says that the address is his."""
    return (
        f'{_STYLE}<form method="post" action="/status/{escape(token)}/confirm">'
        f"<p>确认邮箱后，您将作为实名反映人计数。 "
        f"{_english('Confirm that this e-mail address is yours, and you are counted by name among those who said so.')}"
        "</p><button>确认邮箱 Confirm</button></form>"
    )


def refused(sentence: str, token: str) -> str:
    """Why an answer was not taken, with the way back."""
    back = f'<a href="/status/{escape(token)}">返回 Back</a>'
    return f"<h1>未能提交 Not taken</h1><p class=now>{escape(sentence)}</p><p>{back}</p>"


def read_sent(body: bytes) -> dict[str, str | int]:
    """What a form sent, as an answer's fields; blanks are left away, what is unknown stays to be refused."""
    sent = {name: values[-1] for name, values in parse_qs(body[:_LONGEST].decode("utf-8", "replace")).items()}
    told: dict[str, str | int] = {name: value for name, value in sent.items() if value.strip()}
    score = sent.get("score", "")
    return told | ({"score": int(score)} if score.isascii() and score.isdigit() and len(score) < 4 else {})


def _choice(name: str, chinese: str, english: str, options: tuple[tuple[str, str, str], ...]) -> str:
    inputs = "".join(
        f"<label><input type=radio name={name} value={value} required>{zh} {_english(en) if en else ''}</label>"
        for value, zh, en in options
    )
    return f"<fieldset><legend>{chinese} {_english(english)}</legend>{inputs}</fieldset>"


def _english(words: str) -> str:
    return f"<span lang=en>{escape(words)}</span>"
