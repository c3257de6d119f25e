"""Languages and scripts: stop words, stemmers, and a cheap guess which language a text is in.

The guess decides on a stemmer and on how much a shared word is worth; it never decides whether a
text is found. It needs no model: the script settles most languages of the street, stop words and
letters of their own settle the Latin ones. Assumes text cleaned by `matching.text.clean`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

# Function words only: nothing a neighbour could offer or need. Written with umlauts, folded on use.
_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes andern
auch auf aus außer außerdem bei beim beide beiden bereits bin bis bist bisschen bitte da dabei
dadurch dafür dagegen daher dahin damals damit danach daneben dann daran darauf daraus darf darfst
darin darüber darum darunter das dass davon davor dazu dein deine deinem deinen deiner deines dem
den denen denn der deren derer des deshalb dessen dich die dies diese diesem diesen dieser dieses
dir doch dort du durch dürfen dürft dürfte eben eher ein eine einem einen einer eines einfach einige
einigem einigen einiger einiges einmal er erst es etwa etwas euch euer eure eurem euren eurer für
ganz ganze gar geben gegen geht genau gerade gern gerne gibt gleich hab habe haben habt hallo hast
hat hatte hatten hätte hätten hi hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres
im immer in ins irgend irgendetwas irgendjemand irgendwas irgendwer irgendwie irgendwo ist ja je
jede jedem jeden jeder jedes jedoch jemand jemandem jemanden jene jenem jenen jener jenes jetzt kann
kannst kein keine keinem keinen keiner keines könnt könnte könnten können kaum ma mal man manche
manchem manchen mancher manches mehr mein meine meinem meinen meiner meines mich mir mit möchte
möchten möchtest muss musst müsste müssen müsst müssten na nach nachdem ne neben nee nein nen nicht
nichts nie noch nur ob obwohl oder oft ohne per schon sehr sei seid sein seine seinem seinen seiner
seines seit sich sie sind so sobald solche solchem solchen solcher solches soll sollen sollst sollt
sollte sollten sondern sonst soweit sowie über um un und uns unser unsere unserem unseren unserer
unseres unserm unsern unter viel viele vielem vielen vieler vielleicht vom von vor wann war wär wäre
wären waren warst warum was weder weil weiter weitere weiteren weiß welche welchem welchen welcher
welches wem wen wenig wenige weniger wenigen wenn wer werde werden werdet weshalb wessen wie wieder
wieso wieviel will willst wir wird wirklich wirst wo wobei wodurch woher wohin wohl wollen wollt
wollte wollten womit woran worauf worden wozu wurde wurden würde würden zu zum zur zwar zwischen bzw
ca etc zb usw okay ok sowas mag mögen macht machen gemacht moin servus danke grüße guten tag liebe
lieber geehrte freundlichen grüßen
"""
_ENGLISH = """
a about after again all also am an and any are as at be because been before being but by can could
did do does doing don for from further get had has have having he her here hers him his how i if in
into is it its just let like m me more most my no nor not now of off on once one only or other our
out over own please re s same she should so some someone somebody such t than that the their them
then there these they this those through to too under until up us very was we were what when where
which while who whom why will with would you your d ll ve im id want would
"""
_FRENCH = """
à ai aime aimerait aimeraient alors au aussi autre aux avec avoir avons bien c ce ces cette chez
comme d dans de des dont du elle en est et eux faire faut il ils j je l la le les leur leurs lui ma
mais me mes moi mon n ne nos notre nous on ont ou où par pas peut plus pour qu que quelqu qui quoi
s sa sans se ses si son sont suis sur t ta te tes toi ton tu un une vos votre vous y voudrais
"""
_SPANISH = """
a al algo alguien con como cual cuando de del desde donde dónde el ella en entre era es esta este
esto está están hay he la las le les lo los me mi mis mucho muy más nada ni no nos nosotros nuestra
nuestro o para pero por porque puede que qué quien quién quiero queremos se ser si sin sobre soy su
sus también te tengo tiene un una uno unos y ya yo
"""
_POLISH = """
a aby ale ani bardzo bez być był była było by chce chcemy chciałbym ci co czy dla do gdzie go i ich
ile im ja jak jako jakieś je jego jej jest jestem jeszcze już kto która które który ktoś którego
ma mam mi mnie mogę może moja mój my na nad nam nas nasz nasze nie niż o od on ona oni oraz po pod
potrzebujemy przed przez przy są się tak także tam te tego tej ten to trochę tu ty tylko w we wiem
więc z za ze że
"""
_ROMANIAN = """
a ai al ale am ar aș are as au ca care ce cea cei cel cine cu cum că da dar de din după e ea ei el
eu este fi fost în îmi îl la lui le mai mă mea mei meu mi mult ne nici noi nostru noastră nu o or
ori pe pentru poate prea s sa sau se sunt să și ta te tu un una unde unei unor unui va vă vor vreau
"""
_TURKISH = """
acaba ama ancak artık aslında az bana bazı belki ben benim beri bile bir biraz biri birçok biz bize
bizim bu buna bunu burada böyle çok çünkü da daha de defa değil diye en gibi hem hep her hiç için
ile ise kadar ki kim lazım mi mı mu mü nasıl ne neden nerede niye o olan olarak olsun ona onlar onu
orada sen siz şey şu ve veya ya yok var yani isterim istiyoruz istiyor istiyorum
"""
_VIETNAMESE = """
ai anh bạn bị bởi các cái cần chị cho chúng chỉ có của cùng cũng đã đang để đến đi được gì hay
hoặc không khi là lại làm mà mình mỗi một muốn này nào nên ở ra rất rằng sẽ sau tại theo thì tôi
trong trên từ và vào về vì với xin
"""
_KURDISH = """
ez em tu hûn ew me min te we wan li di de ji bo û bi ku ye ne na jî her kes dixwazim dixwazin heye
hene çi çawa kî kengî yek vê vî ev
"""
_RUSSIAN = """
а без был была были было бы в вам вас во вот все всё вы где да для до его ее её ей ему если есть еще
ещё же за и из или им их к как ко когда который кто куда ли мне могу может мой моя мы на над нам нас
наш не нет ни но ну о об он она они от очень по под при про с со так такой там то тоже только тут ты
у уже хотим хочу что чтобы эта это этот я
"""
_UKRAINIAN = """
а але без би бо був була були було в вам вас ви від все всі да де для до дуже з за зі й його її їх і
із або й коли кому лише ми мій може можу моя на над нам нас наш не ні ну о об він вона вони по при
про саме та так також там те ти тільки то тут у хто хочемо хочу це цей чи що щоб щось я як який є
"""
_ARABIC = """
في من على إلى عن مع هذا هذه ذلك التي الذي أن إن كان كانت لا ما هل أو و ثم قد كل بعد قبل عند لدي
لدينا نحن أنا هو هي هم كيف أين متى لماذا يا لي لنا له لها أريد نريد أحب
"""
_PERSIAN = """
از به با در را که و این آن است هست بود شد شده می من ما شما او آنها تا یا هم برای کسی چه چرا کجا
کجا چطور هر یک خود باید دارم داریم کنم کنیم نیز ولی اما اگر بر روی
"""

_STOP_WORDS = {
    "de": _GERMAN, "en": _ENGLISH, "fr": _FRENCH, "es": _SPANISH, "pl": _POLISH, "ro": _ROMANIAN,
    "tr": _TURKISH, "vi": _VIETNAMESE, "ku": _KURDISH, "ru": _RUSSIAN, "uk": _UKRAINIAN,
    "ar": _ARABIC, "fa": _PERSIAN,
}  # fmt: skip

# Ukrainian has no Snowball stemmer; the Russian one cuts most of the same endings.
_ALGORITHMS = {
    "de": "german", "en": "english", "fr": "french", "es": "spanish", "pl": "polish",
    "ro": "romanian", "tr": "turkish", "ru": "russian", "uk": "russian", "ar": "arabic",
    "fa": "persian",
}  # fmt: skip

_LATIN = ("de", "en", "fr", "es", "pl", "ro", "tr", "vi", "ku")
# Letters that one of our Latin languages has and the others (nearly) lack.
_LETTERS = {
    "de": "ß", "pl": "ąćęłńśźż", "tr": "ğış", "ro": "ășțţ", "es": "ñ¿¡", "ku": "êîû",
    "fr": "èêàùœ", "vi": "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPT_NAMES = ("LATIN", "CYRILLIC", "ARABIC", "GREEK", "HEBREW", "ETHIOPIC", "CJK", "HANGUL",
                 "HIRAGANA", "KATAKANA", "THAI", "DEVANAGARI", "GEORGIAN", "ARMENIAN")  # fmt: skip
_SCRIPT_LANGUAGE = {
    "GREEK": "el", "HEBREW": "he", "ETHIOPIC": "ti", "CJK": "zh", "HANGUL": "ko",
    "HIRAGANA": "ja", "KATAKANA": "ja", "THAI": "th", "DEVANAGARI": "hi", "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}  # fmt: skip
_SAMPLE_CHARS = 600  # enough words to vote on; keeps the guess far below a millisecond


@lru_cache(maxsize=1)
def _stop_words_by_language() -> dict[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}


@lru_cache(maxsize=1)
def all_stop_words() -> frozenset[str]:
    """Return the stop words of every language we know, as written (casefolded, accents kept)."""
    merged: set[str] = set()
    for words in _stop_words_by_language().values():
        merged |= words
    # A stop word abroad may be a word here; what carries meaning in German stays a word.
    return frozenset(merged - {"rat", "tor", "rund", "not", "bund", "art"})


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of `language`, an ISO 639-1 code; empty for one we do not know."""
    return _stop_words_by_language().get(language, frozenset())


@lru_cache(maxsize=4096)
def _script_of(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((script for script in _SCRIPT_NAMES if name.startswith(script)), "")


def script(text: str) -> str:
    """Return the script most letters of `text` are in, such as "LATIN", or "" without letters."""
    counts: dict[str, int] = {}
    for char in text[:_SAMPLE_CHARS]:
        if char.isalpha():
            found = _script_of(char)
            counts[found] = counts.get(found, 0) + 1
    return max(counts, key=lambda found: (counts[found], found)) if counts else ""


def _guess_latin(text: str) -> str | None:
    words = _WORD.findall(text)
    scores = dict.fromkeys(_LATIN, 0.0)
    for code in _LATIN:
        known = stop_words(code)
        scores[code] += sum(1.0 for word in words if word in known)
        own = _LETTERS.get(code, "")
        scores[code] += 0.5 * sum(1 for char in text if char in own)
    if any(char in "äöü" for char in text):
        scores["de"] += 0.5
    best = max(_LATIN, key=lambda code: scores[code])
    return best if scores[best] > 0 else None


def guess_language(text: str) -> str | None:
    """Guess the language of `text` from its script, letters and stop words.

    Parameters
    ----------
    text : str
        Any text; only the first 600 characters are looked at.

    Returns
    -------
    str or None
        ISO 639-1 code, or None if nothing speaks for one language.

    Examples
    --------
    >>> guess_language("Wer hilft mir beim Tragen?")
    'de'
    >>> guess_language("Шукаємо людину, яка полагодить радіо.")
    'uk'
    >>> guess_language("12345") is None
    True
    """
    sample = unicodedata.normalize("NFC", text[:_SAMPLE_CHARS]).lower()
    found = script(sample)
    if found == "LATIN":
        return _guess_latin(sample)
    if found == "CYRILLIC":
        return "uk" if any(char in "іїєґ" for char in sample) else "ru"
    if found == "ARABIC":
        if any(char in "ێۆڵڕڤ" for char in sample):
            return "ku"
        return "fa" if any(char in "پچژگکی" for char in sample) else "ar"
    return _SCRIPT_LANGUAGE.get(found)


@lru_cache(maxsize=16)
def stemmer(language: str | None) -> Callable[[str], str]:
    """Return the Snowball stemmer of `language`; words stay as they are without one.

    References
    ----------
    M. F. Porter, "Snowball: A language for stemming algorithms", 2001.
    """
    algorithm = _ALGORITHMS.get(language or "")
    if algorithm is None:
        return str
    import snowballstemmer  # only here: a process that never stems never loads it

    return snowballstemmer.stemmer(algorithm).stemWord
