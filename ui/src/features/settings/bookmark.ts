/** The bookmark that hands a ticket's address over: a page has no other way to give it to an app than a link that somebody clicks on it. */

export const BOOKMARK = `javascript:location.href='deskside://ask?ticket='+encodeURIComponent(location.href)`
