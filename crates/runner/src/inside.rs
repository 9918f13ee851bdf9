//! Listens in the network of a sandbox that has not started its command yet.
//!
//! A network can be entered by a thread only with rights over it, and those come with the sandbox's user
//! namespace, which no process of several threads may enter. So a child process does it, makes the socket and
//! hands it over. It lives for some milliseconds and executes nothing; nobody is in the sandbox yet to see it.
#![allow(unsafe_code, reason = "entering another namespace must happen in a process of one thread: fork")]

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::set_ip_freebind;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, bind, listen, recvmsg, sendmsg, socket_with,
    socketpair,
};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// The port of the proxy, that of Squid. The network is empty, so every port is free.
pub(crate) const PORT: u16 = 3128;
/// Connections that wait to be accepted.
const BACKLOG: i32 = 64;
/// How long the child may take; a millisecond is usual.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket that listens at `127.0.0.1:3128` of the network in which a process is.
pub(crate) fn listen_inside(first: Pid) -> io::Result<TcpListener> {
    let namespace = |name: &str| File::open(format!("/proc/{}/ns/{name}", first.as_raw_nonzero()));
    let (user, net) = (namespace("user")?, namespace("net")?);
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // SAFETY: the child is a copy of a process of several threads, so that until its end only
    // async-signal-safe calls are allowed: it makes plain system calls on descriptors it holds,
    // keeps its buffers on its stack, and neither allocates nor locks.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let code = match offer(user.as_fd(), net.as_fd(), theirs.as_fd()) {
                Ok(()) => 0,
                Err(error) => error.raw_os_error(),
            };
            // SAFETY: ends the child without running anything of ours.
            unsafe { libc::_exit(code) }
        }
        child => {
            drop(theirs);
            collect(child, take(&ours))
        }
    }
}

/// Ends the child, and says what became of it.
fn collect(child: i32, taken: io::Result<Option<OwnedFd>>) -> io::Result<TcpListener> {
    let child = Pid::from_raw(child).ok_or_else(|| io::Error::other("a process without a number"))?;
    if taken.is_err() {
        let _ = kill_process(child, Signal::KILL); // it may hang
    }
    let ended = waitpid(Some(child), WaitOptions::empty())?;
    match (taken?, ended.and_then(|(_, status)| status.exit_status())) {
        (Some(socket), _) => Ok(TcpListener::from(socket)),
        (None, Some(code)) if code > 0 => Err(io::Error::from_raw_os_error(code)),
        _ => Err(io::Error::other("the child that listens there died")),
    }
}

/// In the child: enters, listens, and hands the socket over.
fn offer(user: BorrowedFd<'_>, net: BorrowedFd<'_>, to: BorrowedFd<'_>) -> rustix::io::Result<()> {
    move_into_link_name_space(user, Some(LinkNameSpaceType::User))?;
    move_into_link_name_space(net, Some(LinkNameSpaceType::Network))?;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // Bubblewrap may not have brought the loopback interface up yet.
    set_ip_freebind(&socket, true)?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, PORT))?;
    listen(&socket, BACKLOG)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let sockets = [socket.as_fd()];
    control.push(SendAncillaryMessage::ScmRights(&sockets));
    sendmsg(to, &[IoSlice::new(b"!")], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Takes the socket, which is absent if the child ended without sending one.
fn take(from: &OwnedFd) -> io::Result<Option<OwnedFd>> {
    let patience = Timespec::try_from(PATIENCE).map_err(io::Error::other)?;
    if poll(&mut [PollFd::new(from, PollFlags::IN)], Some(&patience))? == 0 {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0; 1];
    recvmsg(from, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    Ok(control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut sockets) => sockets.next(),
        _ => None,
    }))
}
