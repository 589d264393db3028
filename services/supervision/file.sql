-- name: file_piece FilePiece -> supervision.FilePiece
select type, size, data from file where district = :district and sha256 = :sha256 and piece = :piece;
