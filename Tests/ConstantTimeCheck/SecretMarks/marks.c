#include "SecretMarks.h"
