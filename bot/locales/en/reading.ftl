# What a check or a pasted output showed, and what both ends of the wire mean together. Plain text, no HTML.
# A variable that is missing comes as the word none.

verdict-ok = All is well here.
verdict-dns-no-name = The name { $host ->
    [none] of the server
   *[other] { $host }
    } is not found: DNS says there is no such name.
verdict-dns-server-fault = The DNS server answered with an error, so { $host ->
    [none] the server
   *[other] { $host }
    } could not be looked up.
verdict-dns-timeout = The DNS server did not answer, so { $host ->
    [none] the server
   *[other] { $host }
    } could not be looked up.
verdict-dns-hijack = { $host ->
    [none] The name
   *[other] { $host }
    } leads to somebody else's address. DNS, the router or the hosts file puts it there.
verdict-port-refused = The connection { $host ->
    [none] { "" }
   *[other] to { $host }{ " " }
    }was refused or reset. Usually a firewall or a proxy answers like that.
verdict-port-filtered = { $host ->
    [none] There is no answer
   *[other] { $host } does not answer
    }{ $port ->
    [none] { "" }
   *[other] { " " }on port { $port }
    }. It seems a firewall or a proxy swallows the requests.
verdict-unreachable = There is no way to { $host ->
    [none] the server
   *[other] { $host }
    }: the network or the gateway is out of reach.
verdict-route-loop = Packets to { $host ->
    [none] the server
   *[other] { $host }
    } go round in circles between routers. The provider or the network administrator can mend that.
verdict-lossy = Some packets get lost{ $loss ->
    [none] { "" }
   *[other] { " " }({ $loss } %)
    }. The licence may come and go.
verdict-slow = The answer comes very slowly.
verdict-tls-intercepted = Somebody between you and the server opens the secure connection{ $issuer ->
    [none] { "" }
   *[other] { ": " }{ $issuer }
    }. Usually it is an antivirus or a company proxy.
verdict-tls-expired = The certificate of { $host ->
    [none] the server
   *[other] { $host }
    } has expired.
verdict-tls-wrong-name = The certificate is for another name, not for { $host ->
    [none] the server
   *[other] { $host }
    }.
verdict-tls-untrusted = The certificate of { $host ->
    [none] the server
   *[other] { $host }
    } is not trusted: its issuer is unknown here.
verdict-tls-clock = The clock of this computer is wrong, so the certificate looks invalid.
verdict-proxy-denied = A proxy does not let the request to { $host ->
    [none] the server
   *[other] { $host }
    } through.
verdict-http-error = The server answered with an error{ $status ->
    [none] { "" }
   *[other] { ", " }HTTP { $status }
    }.
verdict-service-down = The server is there, but the service itself does not answer now.
verdict-no-seat = There is no free licence seat{ $limit ->
    [none] { "" }
   *[other] { ": " }{ $captured } of { $limit } are taken
    }{ $feature ->
    [none] { "" }
   *[other] { " " }(feature { $feature })
    }.
verdict-key-invalid = The registration number was not accepted{ $code ->
    [none] { "" }
   *[other] { " " }(code { $code })
    }. Please compare it with the e-mail.
verdict-licence-expired = The licence { $expired ->
    [none] has expired
    [trial] trial has ended
   *[other] expired on { $expired }
    }.
verdict-not-allowed = This licence does not allow that{ $code ->
    [none] { "" }
   *[other] { " " }(code { $code })
    }.
verdict-server-code = The licensing server answered with { $code ->
    [none] an error code
   *[other] code { $code }
    }.
verdict-inconclusive = This output proves nothing either way.
verdict-not-diagnostic = There is no output of a program I know here.

two-sided-customer-port = From our side { $host ->
    [none] the server
   *[other] { $host }
    } answers, from yours { $port ->
    [none] the connection
   *[other] port { $port }
    } is closed: check the firewall or the proxy.
two-sided-customer-route = From our side { $host ->
    [none] the server
   *[other] { $host }
    } answers, but your network has no way to it. Check the gateway and the internet line, or ask your provider.
two-sided-customer-dns = From our side the name { $host ->
    [none] of the server
   *[other] { $host }
    } is found, from yours it is not: check your DNS settings.
two-sided-dns-differs = On your side { $host ->
    [none] the server's name
   *[other] { $host }
    } leads to the wrong place{ $address ->
    [none] { "" }
   *[other] { ": " }{ $address } comes instead of the real address
    }. Check DNS, the router and the hosts file.
two-sided-tls-intercepted = On your side { $issuer ->
    [none] somebody on the way
   *[other] "{ $issuer }"
    } replaces the real certificate. Add { $host ->
    [none] the server
   *[other] { $host }
    } to the exceptions of the antivirus or the proxy.
two-sided-customer-trust = From our side the certificate of { $host ->
    [none] the server
   *[other] { $host }
    } is fine, but your computer does not trust it. Update the root certificates and see whether there is a proxy.
two-sided-customer-clock = The clock of your computer is wrong. Correct the date and time and try again.
two-sided-customer-proxy = On your side a proxy stops the request. Let it go directly to { $host ->
    [none] the licensing server
   *[other] { $host }
    }.
two-sided-customer-line = The server answers us and you, but your line is uneven{ $loss ->
    [none] { "" }
   *[other] { ": " }{ $loss } % of packets get lost
    }. Please ask your provider.
two-sided-other-answer = { $host ->
    [none] The server
   *[other] { $host }
    } answers us as it should, but you get an error{ $status ->
    [none] { "" }
   *[other] { ", " }HTTP { $status }
    }. Perhaps a proxy answers you.
two-sided-server-down = At the moment { $host ->
    [none] the server
   *[other] { $host }
    } does not answer properly, neither you nor us. It is not your fault: please wait a little or call a person.
two-sided-server-certificate = The certificate of { $host ->
    [none] the server
   *[other] { $host }
    } is bad both for you and for us. It is not your fault: please call a person.
two-sided-ours-only = Your connection works, but we cannot see { $host ->
    [none] the server
   *[other] { $host }
    } at the moment. All is well with you, the fault is on our side.
two-sided-licence = The connection works, it is about the licence itself{ $code ->
    [none] { "" }
   *[other] { " " }(code { $code })
    }.
two-sided-both-fine = The connection is fine from both ends, so it is about the licence itself or the program.
two-sided-customer-only = There is a fault on your side; from ours nothing could be checked. If it does not go away, call a person.
two-sided-cannot-tell = I cannot tell yet on whose side the fault is. Please send the whole output of the command, or call a person.
