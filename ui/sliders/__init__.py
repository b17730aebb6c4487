"""The slider screen: 80 sliders, and the face that they describe."""
