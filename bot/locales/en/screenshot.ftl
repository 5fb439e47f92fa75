# Screenshots: what was read on them, and why not.

picture-seen = 🖼 On the picture I see: “{ $seen }”
btn-misread = 🖼 Not what it says
misread-toast = I see, misread
picture-misread = Then I misread it, sorry. Please write the error code or the text of the error in words. Or call a person.

picture-nothing = I looked at the picture but found neither an error code nor a message I know, and I do not want to guess. Write the error code or the text on the screen: that is enough.
picture-key = The picture shows a licence number ({ $keys }). I did not store it. It opens your account, so it is better to delete the picture.

picture-too-big = This picture is too large for me to read. Write the error code or the text on the screen: that is enough.
picture-not-an-image = This file does not open as a picture. Write the error code or the text on the screen: that is enough.
picture-not-read = I could not read the picture in time. Write the error code or the text on the screen: that is enough.
picture-lost = I could not get the picture from Telegram. Send it once more or write the error code.
picture-no-tesseract = I cannot read pictures here. Write the error code or the text on the screen: that is enough.
