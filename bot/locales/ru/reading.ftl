# Что показала проверка или присланный вывод, и что значат оба конца провода вместе. Обычный текст, без HTML.
# Переменная, которой нет, приходит словом none.

verdict-ok = Здесь всё в порядке.
verdict-dns-no-name = Имя { $host ->
    [none] сервера
   *[other] { $host }
    } не находится: DNS говорит, что такого нет.
verdict-dns-server-fault = Сервер DNS ответил ошибкой, имя { $host ->
    [none] сервера
   *[other] { $host }
    } узнать не удалось.
verdict-dns-timeout = Сервер DNS не ответил, имя { $host ->
    [none] сервера
   *[other] { $host }
    } узнать не удалось.
verdict-dns-hijack = По имени { $host ->
    [none] сервера
   *[other] { $host }
    } приходит чужой адрес. Его подставляет DNS, роутер или файл hosts.
verdict-port-refused = { $host ->
    [none] Соединение
   *[other] Соединение с { $host }
    } отклонено или сброшено. Обычно так отвечает брандмауэр или прокси.
verdict-port-filtered = { $host ->
    [none] Ответа нет
   *[other] { $host } не отвечает
    }{ $port ->
    [none] { "" }
   *[other] { " " }на порту { $port }
    }. Похоже, запросы теряются в брандмауэре или прокси.
verdict-unreachable = Дороги к { $host ->
    [none] серверу
   *[other] { $host }
    } нет: сеть или шлюз недоступны.
verdict-route-loop = Пакеты к { $host ->
    [none] серверу
   *[other] { $host }
    } ходят по кругу между маршрутизаторами. Это чинит провайдер или сетевой администратор.
verdict-lossy = Часть пакетов теряется{ $loss ->
    [none] { "" }
   *[other] { " " }({ $loss } %)
    }. Лицензия может то находиться, то нет.
verdict-slow = Ответ приходит очень медленно.
verdict-tls-intercepted = Защищённое соединение вскрывает кто-то между вами и сервером{ $issuer ->
    [none] { "" }
   *[other] { ": " }{ $issuer }
    }. Обычно это антивирус или корпоративный прокси.
verdict-tls-expired = Срок сертификата { $host ->
    [none] сервера
   *[other] { $host }
    } истёк.
verdict-tls-wrong-name = Сертификат выдан на другое имя, а не на { $host ->
    [none] имя сервера
   *[other] { $host }
    }.
verdict-tls-untrusted = Сертификату { $host ->
    [none] сервера
   *[other] { $host }
    } нет доверия: издатель здесь неизвестен.
verdict-tls-clock = Часы на этом компьютере идут неверно, поэтому сертификат кажется недействительным.
verdict-proxy-denied = Прокси не пропускает запрос к { $host ->
    [none] серверу
   *[other] { $host }
    }.
verdict-http-error = Сервер ответил ошибкой{ $status ->
    [none] { "" }
   *[other] { " " }HTTP { $status }
    }.
verdict-service-down = Сервер на месте, но сама служба сейчас не отвечает.
verdict-no-seat = Свободных мест лицензии нет{ $limit ->
    [none] { "" }
   *[other] { ": " }занято { $captured } из { $limit }
    }{ $feature ->
    [none] { "" }
   *[other] { " " }(фича { $feature })
    }.
verdict-key-invalid = Регистрационный номер не принят{ $code ->
    [none] { "" }
   *[other] { " " }(код { $code })
    }. Сверьте его с письмом.
verdict-licence-expired = Срок лицензии истёк{ $expired ->
    [none] { "" }
    [trial] { ": " }закончился пробный период
   *[other] { " " }{ $expired }
    }.
verdict-not-allowed = Для этой лицензии действие недоступно{ $code ->
    [none] { "" }
   *[other] { " " }(код { $code })
    }.
verdict-server-code = Сервер лицензирования ответил кодом { $code ->
    [none] ошибки
   *[other] { $code }
    }.
verdict-inconclusive = По этому выводу ничего определённого сказать нельзя.
verdict-not-diagnostic = Вывода знакомых мне программ здесь нет.

two-sided-customer-port = С нашей стороны { $host ->
    [none] сервер
   *[other] { $host }
    } отвечает, с вашей { $port ->
    [none] соединение
   *[other] порт { $port }
    } закрыт{ $port ->
    [none] о
   *[other] { "" }
    }: проверьте брандмауэр или прокси.
two-sided-customer-route = С нашей стороны { $host ->
    [none] сервер
   *[other] { $host }
    } отвечает, а из вашей сети дороги к нему нет. Посмотрите шлюз и интернет-канал, при необходимости спросите провайдера.
two-sided-customer-dns = С нашей стороны имя { $host ->
    [none] сервера
   *[other] { $host }
    } находится, с вашей нет: проверьте настройки DNS.
two-sided-dns-differs = У вас { $host ->
    [none] сервер
   *[other] { $host }
    } ведёт не туда{ $address ->
    [none] { "" }
   *[other] { ": " }вместо настоящего адреса приходит { $address }
    }. Проверьте DNS, роутер и файл hosts.
two-sided-tls-intercepted = У вас настоящий сертификат подменяет { $issuer ->
    [none] кто-то по дороге
   *[other] «{ $issuer }»
    }. Внесите { $host ->
    [none] сервер
   *[other] { $host }
    } в исключения антивируса или прокси.
two-sided-customer-trust = С нашей стороны сертификат { $host ->
    [none] сервера
   *[other] { $host }
    } в порядке, а ваш компьютер ему не верит. Обновите корневые сертификаты и проверьте, нет ли прокси.
two-sided-customer-clock = Часы на вашем компьютере идут неверно. Исправьте дату и время и попробуйте снова.
two-sided-customer-proxy = С вашей стороны запрос останавливает прокси. Разрешите в нём прямой доступ к { $host ->
    [none] серверу лицензирования
   *[other] { $host }
    }.
two-sided-customer-line = Сервер отвечает и нам, и вам, но ваш канал работает неровно{ $loss ->
    [none] { "" }
   *[other] { ": " }теряется { $loss } % пакетов
    }. Спросите провайдера.
two-sided-other-answer = Нам { $host ->
    [none] сервер
   *[other] { $host }
    } отвечает как надо, а вам приходит ошибка{ $status ->
    [none] { "" }
   *[other] { " " }HTTP { $status }
    }. Возможно, вам отвечает прокси.
two-sided-server-down = Сейчас { $host ->
    [none] сервер
   *[other] { $host }
    } не отвечает как надо ни вам, ни нам. Дело не в вас: подождите немного или позовите человека.
two-sided-server-certificate = С сертификатом { $host ->
    [none] сервера
   *[other] { $host }
    } неладно и у вас, и у нас. Дело не в вас: позовите человека, специалисты разберутся.
two-sided-ours-only = У вас соединение работает, а мы { $host ->
    [none] сервер
   *[other] { $host }
    } сейчас не видим. У вас всё в порядке, неполадка на нашей стороне.
two-sided-licence = Связь есть, дело в самой лицензии{ $code ->
    [none] { "" }
   *[other] { " " }(код { $code })
    }.
two-sided-both-fine = Связь в порядке с обеих сторон. Значит, дело в самой лицензии или в программе.
two-sided-customer-only = С вашей стороны видна неполадка, а с нашей проверить не вышло. Если не получится исправить, позовите человека.
two-sided-cannot-tell = Пока не могу сказать, на чьей стороне неполадка. Пришлите, пожалуйста, вывод команды целиком или позовите человека.
