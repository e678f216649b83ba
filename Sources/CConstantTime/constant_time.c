#include "constant_time.h"
