"""What things are called where people read: the words for records. Pure, and below all others."""
