"""The part of a desktop portal that gives out keys, which sway's portal lacks: gives all that are asked for, then presses
them, the last one first. Prints what it was asked for."""

import json

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

KEYS = "org.freedesktop.impl.portal.GlobalShortcuts"


class Keys(dbus.service.Object):
    @dbus.service.method(KEYS, in_signature="oosa{sv}", out_signature="ua{sv}")
    def CreateSession(self, handle, session, app, options):
        return 0, dbus.Dictionary({}, signature="sv")

    @dbus.service.method(KEYS, in_signature="ooa(sa{sv})sa{sv}", out_signature="ua{sv}")
    def BindShortcuts(self, handle, session, shortcuts, window, options):
        print(json.dumps({name: about["preferred_trigger"] for name, about in shortcuts}), flush=True)
        given = [
            (name, {"description": about["description"], "trigger_description": about["preferred_trigger"]})
            for name, about in shortcuts
        ]

        def press():
            for name, _ in reversed(given):
                self.Activated(session, name, dbus.UInt64(0), dbus.Dictionary({}, signature="sv"))

        GLib.timeout_add(100, press)
        return 0, {"shortcuts": dbus.Array(given, signature="(sa{sv})")}

    @dbus.service.signal(KEYS, signature="osta{sv}")
    def Activated(self, session, name, time, options):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {"version": dbus.UInt32(1)}


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
keys = Keys(bus, "/org/freedesktop/portal/desktop")
name = dbus.service.BusName("org.freedesktop.impl.portal.desktop.keys", bus)
GLib.MainLoop().run()
