"""文书的制作: from what was recorded to an editable .docx and a PDF, by templates that an office may replace."""
