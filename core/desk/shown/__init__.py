"""What is shown: the job card, its page, every button and phrase, and what the desk says about itself."""
