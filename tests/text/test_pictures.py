"""A link that only leads to a page is no picture."""

from __future__ import annotations

import pytest

from include.discovery.text.pictures import picture_url


@pytest.mark.parametrize(
    "url",
    [
        "https://mill.example/lamp.jpg",
        "https://mill.example/lamp?id=5",
        "https://mill.example/image/5",
        "https://lh3.googleusercontent.com/abc",
        "https://drive.google.com/uc?export=view&id=abc",
        "https://drive.google.com/thumbnail?id=abc",
        "https://www.dropbox.com/s/abc/lamp.jpg?raw=1",
        "https://scontent.xx.fbcdn.net/v/lamp.jpg?oh=1",
        "https://live.staticflickr.com/1/2_3.jpg",
        "https://i.imgur.com/abc.png",
        "https://mill.example/placeholders-concert.jpg",
        "https://mill.example/blank-page-theatre.jpg",
    ],
)
def test_the_address_of_a_file_is_a_picture(url: str) -> None:
    assert picture_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://drive.google.com/file/d/abc/view?usp=sharing",
        "https://drive.google.com/open?id=abc",
        "https://drive.google.com/drive/folders/abc",
        "https://docs.google.com/document/d/abc/edit",
        "https://photos.app.goo.gl/abc",
        "https://photos.google.com/share/abc",
        "https://www.dropbox.com/s/abc/lamp.jpg?dl=0",
        "https://1drv.ms/i/s!abc",
        "https://mill.sharepoint.com/:i:/g/abc",
        "https://www.facebook.com/photo.php?fbid=5",
        "https://www.instagram.com/p/abc/",
        "https://www.flickr.com/photos/lamp/5",
        "https://www.youtube.com/watch?v=abc",
        "https://mill.example/poster.pdf",
        "https://mill.example/lamp.html",
        "https://mill.example/teaser/blank.gif",
        "https://mill.example/img/event-placeholder-300x200.jpg?v=1",
        "https://mill.example/no_image.png",
        "http://lamp@mill.example",
        None,
    ],
)
def test_the_address_of_a_page_or_document_is_no_picture(url: str | None) -> None:
    assert picture_url(url) is None
