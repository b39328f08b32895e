"""A desktop's tray, as far as programs see it: it owns the name that icons register with, reads their menu and presses its
lines. One line of JSON for each thing that happens; one line read for each thing to do: `menu`, or `press WORDS`.
"""

import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PROPERTIES = "org.freedesktop.DBus.Properties"


def say(**what):
    print(json.dumps(what), flush=True)


class Watcher(dbus.service.Object):
    """Everybody who registers is shown."""

    def __init__(self, bus):
        super().__init__(bus, "/StatusNotifierWatcher")
        self.items = []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        # Some register by the path of their item, some by the name of their service.
        owner, path = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")
        self.items.append((owner, path))
        # Not here: whoever is asked now waits for the answer to this call.
        GLib.idle_add(registered, owner, path)

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        items = dbus.Array([owner + path for owner, path in self.items], signature="s")
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0), "RegisteredStatusNotifierItems": items}

    @dbus.service.signal(WATCHER)
    def StatusNotifierHostRegistered(self):
        pass


def of(item, name):
    owner, path = item
    return dbus.Interface(bus.get_object(owner, path), PROPERTIES).Get(ITEM, name)


def registered(owner, path):
    item = (owner, path)
    say(item={"id": str(of(item, "Id")), "status": str(of(item, "Status")), "icon": str(of(item, "IconName"))})


def lines(item):
    """The menu's lines: number and words of each."""
    menu = dbus.Interface(bus.get_object(item[0], of(item, "Menu")), MENU)
    menu.AboutToShow(0)
    _, (_, _, children) = menu.GetLayout(0, -1, ["label", "type"])
    shown = [(int(number), str(properties.get("label", ""))) for number, properties, _ in children]
    return menu, [(number, words) for number, words in shown if words]


def told(source, _condition):
    command = source.readline().strip()
    if not command:
        loop.quit()
        return False
    item = watcher.items[-1]
    menu, shown = lines(item)
    if command == "menu":
        say(menu=[words for _, words in shown])
    elif command == "icon":
        say(icon=str(of(item, "IconName")))
    else:
        wanted = command.removeprefix("press ")
        number = next(number for number, words in shown if words == wanted)
        menu.Event(number, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))
        say(pressed=wanted)
    return True


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
watcher = Watcher(bus)
name = dbus.service.BusName(WATCHER, bus)
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, told)
say(ready=True)
loop.run()
