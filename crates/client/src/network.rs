//! Notices that the network came back, or that the machine slept, without waiting for a time-out.
//!
//! A UDP socket that is "connected" sends nothing; it only asks the system which of its addresses it would use. When
//! that answer changes there is another network (or one again). A look each second costs a few microseconds and
//! works alike on every system, which the systems' own notifications do not.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, SystemTime},
};

use tokio::time::interval;

const LOOK: Duration = Duration::from_secs(1);
/// A look this late means that the machine slept.
const SLEPT: Duration = Duration::from_secs(8);
/// TEST-NET-1 (RFC 5737): routed like any far address, owned by nobody.
const FAR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// Returns when the network differs from what it was at the call, and there is one; or after a sleep.
pub(crate) async fn changed() {
    let before = own_address();
    let mut looks = interval(LOOK);
    // Not the monotonic clock: on Linux it stands still while the machine sleeps.
    let mut last = SystemTime::now();
    loop {
        looks.tick().await;
        let late = last.elapsed().is_ok_and(|passed| passed > SLEPT);
        last = SystemTime::now();
        let now = own_address();
        if (now != before && now.is_some()) || late {
            return;
        }
    }
}

fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(FAR).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
