"""Closed word lists of both languages: words that carry no topic, and English that everybody types.

Decides which words say nothing about the problem ("подскажите", "please", "сегодня"), so that they neither count for
nor against an article. Topic words never stand here: they belong to the knowledge base. Words are folded (lower case,
`е` for `ё`). Read by `vocabulary.py`, `forms.py` and `talk.py`.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RUSSIAN_FILLERS = _words(
    """
    который которая которое которые которого которой которых котором которую которому некоторые некоторых
    несколько однако поэтому потому сначала вместо кроме почти например поскольку хотя пускай несмотря согласно
    благодаря относительно собственно наверное наверно видимо возможно кажется конечно разве неужели никакой
    никакого никаких никакая какого-нибудь чего-то сколько-нибудь столько каждый каждого каждую другой другая
    другие другого другую второй а и но да или либо же ли бы б то не ни уже еще вот ну так там тут это эта этот
    эти тот та те того этого этом этой этих в во на за к ко с со из у о об обо от до по под при для без через
    над про между после перед я мы ты вы он она оно они мне нам меня нас вам вас тебе тебя его ее их мой моя мое
    мои наш наша наше наши нашей нашем ваш ваша ваши ваше свой своя свое свои своей себя себе что чтобы чего чем
    чему кто где куда когда как какой какая какое какие какую каким зачем почему откуда сколько быть есть был
    была было были будет будут бывает если ведь просто тоже также только лишь даже вообще очень сильно совсем
    опять снова постоянно всегда иногда вдруг все всё весь вся всю всего всем сам сама само сами можно нужно
    надо нельзя могу можем может можете мочь хочу хотим хотел хотела хотели хотелось пожалуйста плиз пж пжл
    пжлст прошу просьба подскажите подскажи скажите скажи помогите помоги помочь поможете помощь объясните
    объясни расскажите напишите посоветуйте здравствуйте здравствуй здрасте здрасьте привет приветствую добрый
    доброе доброго день дня утро утра вечер вечера ночи суток времени коллеги ребята господа уважаемые друзья
    уважением всех спасибо заранее благодарю сегодня вчера завтра сейчас теперь утром вечером днем недавно давно
    пару дней неделю неделе неделя часа час какой-то как-то что-то кто-то где-то почему-то какая-то делать
    сделать делаю делаем получается происходит случилось случается такое такая такой такие вопрос вопросик
    проблема проблему проблемы проблемой проблеме проблем ситуация ситуацию ситуации беда вопросу вопросом
    вопроса пишет выдает говорит ругается показывает выскакивает вылезает появляется снизу сверху срочно быстро
    быстрее
    """
)
_ENGLISH_FILLERS = _words(
    """
    a an the i me my we our us you your he she it its they them their this that these those there here and or
    but if then so as at by for from in into of off on onto out over to up with without about after before is
    are was were be been being am do does did done doing have has had having can could will would shall should
    may might must not no nor don doesn didn isn wasn won cannot t s m re ve ll d what which who whom whose when
    where why how hi hello hey good morning afternoon evening dear team please pls plz thanks thank regards sir
    just also too very really only even still already again now today yesterday currently any some all help tell
    explain advise know want need wants trying try get gets getting got keep keeps let lets says say saying
    shows show showing problem issue question
    """
)
FILLERS = _RUSSIAN_FILLERS | _ENGLISH_FILLERS
"""Words without a topic."""

ENGLISH = _ENGLISH_FILLERS | _words(
    """
    able about above accept access account activate activated activation active actually add added address admin
    again all allow already always another answer anything app application apply appear appears ask available
    back backup bad balance base basic because been before best better big bind binding blank block blocked both
    box broken browser bug button buy call called caller calling calls card cat change changed chat check choose
    clean clear clearing click client close cloud code codes come comes common company computer config configure
    connect connected connecting connection contact copy correct cost could coupon crash crashed create created
    customer daily dark date day days dead delete desktop device devices did different directory disable
    disabled disk display dns document does doesn't don't down download drop dropped edit either else email
    empty enable enabled end enter entered error errors even ever every exactly expire expired expires fail
    failed failing fails failure far fast feature features few field file files find fine finish first fix fixed
    folder for forbidden forever forgot form found free from full function get give given goes gone good group
    guide had half hand happen happened happens hard hardware has head hear heard hidden home hook host hour
    hours house idea image import inside install installed installing instead internal internet invalid issued
    join journal keep key keys kind know last late later launch leave left less letter licence licences license
    licensed licenses licensing life like limit line link list listed lists little live load local lock locked
    log logged login logs long look looking lose losing lost lot machine made mail main make manager many
    marketplace maximum mean means menu message minute missing mode model modem module modules monday money
    month months more most move moved much name need needed network never new news next nice night none nothing
    number numbers office offline old once one online only open opened opening opens option order original other
    our out own page paid panel part password past paste pay payment people period permanent person phone phones
    place plan please plug point pool pop port ports possible power press price print printer printing problem
    process product products program project proxy purchase push put quick rate reach read ready real reboot
    receive received record red refuse refused register registered registration release remote remove renew
    renewal replace report request reset restart restore restored result return rid right room router run
    running runs safe same save scan scanner screen seat seats second see seem seems seen select send sent
    server service session sessions set setting settings setup several share short shut side sign simple since
    site size slow software something sometimes soon sort sound source stand start started starting state
    statement station status stay step stop stopped stops store strange string stuck subscription such suddenly
    support sure switch system tab table take taken talk technical tell terminal test than thing things think
    three through time times tool top total touch transfer trial tried turn turned two type unable under unknown
    unlock until update updated updates upgrade upload upper url usage use used user users using valid vendor
    version very via video view voice wait waiting wants warehouse warning was way web website week well went
    were what whole wide window windows wireless wish word words work worked working works world write wrong
    year years yes yet zero agent human operator specialist bye goodbye welcome
    """
)
"""English words common enough that a Latin word among them is certainly meant as typed."""
